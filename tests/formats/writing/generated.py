"""Models made at random: rooms, arrays, curves, links, functions with memory."""

import random

from putar.formats.text import read_declarations
from putar.language.model import Model

LEAVES = ("TIME", "DT", "c", "d", "1.5", "0.25", "3", "s", "t")
ONE = ("ABS", "INT", "ROUND", "SIGN", "TRUNC", "COS", "ARCTAN", "TANH", "EXP_OF")
TWO = ("MIN", "MAX", "SAFEDIV", "XMOD", "ZIDZ", "MODULO", "QUANTUM", "STEP", "PULSE_FOR", "RAMP")
KEPT = ("SMTH1({0}, 2)", "SMTH3({0}, 3, 1)", "DELAY1({0}, 2, 1)", "DELAY({0}, 1)", "PREVIOUS({0}, 0)")
KEPT += (
    "DELAYN({0}, 3, 2)",
    "TREND({0}, 2)",
    "FORCST({0}, 2, 1)",
    "INIT({0})",
    "SAMPLE_IF_TRUE({0} > 1, {0}, 2)",
)
KEPT += ("NPV({0}, 0.1, 0, 1)", "curve({0})", "LOOKUP_FORWARD(curve, {0})", "LOOKUP_INVERT(curve, {0})")


def expression(draw: random.Random, depth: int, leaves: tuple[str, ...]) -> str:
    """An expression's text."""
    if depth == 0 or draw.random() < 0.2:
        return draw.choice(leaves)
    inner = [expression(draw, depth - 1, leaves) for _ in range(3)]
    match draw.randrange(8):
        case 0 | 1:
            return f"({inner[0]} {draw.choice('+-*')} {inner[1]})"
        case 2:
            relation = draw.choice([">", "<=", "=", "<>"])
            return f"(IF {inner[0]} {relation} {inner[1]} THEN {inner[2]} ELSE {inner[0]})"
        case 3:
            return f"(-{inner[0]} AND NOT {inner[1]} OR {inner[2]} > 1)"
        case 4:
            name = draw.choice(ONE)
            return f"EXP(-ABS({inner[0]}))" if name == "EXP_OF" else f"{name}({inner[0]})"
        case 5:
            name = draw.choice(TWO)
            return f"({inner[0]} MOD {inner[1]})" if name == "XMOD" else f"{name}({inner[0]}, {inner[1]})"
        case 6:
            return draw.choice(KEPT).format(inner[0])
        case _:
            return f"(ABS({inner[0]}) ^ 0.5 / (1 + ABS({inner[1]})))"


def generated(seed: int) -> Model:
    """A model of two rooms, one of them with arrays, and a link between them."""
    draw = random.Random(seed)
    between = draw.choice(("linear", "log", "step"))
    first, second = (expression(draw, 3, LEAVES) for _ in range(2))
    array = expression(draw, 2, (*LEAVES, "v", "w", "SUM(w[*])", "MAX(w[others])", "k"))
    text = f"""
time 0 to 6 step {draw.choice(("1", "1/4", "0.3"))} : year
  method {draw.choice(("euler", "euler", "rk4"))}

dimension k = a, b, e
dimension part = a, e

link tie "Tie" : one -> two

constant c = {draw.choice(("2", "0.5", "-1"))}

constant d = 3

curve curve : dmnl of dmnl
  points (-2, 1) (0, 2) (1, 4) (5, 5)
  between {between}

subsystem one

stock s = 1
  inflow f
  outflow g

flow f = (TANH({first}) + links.tie) * 0.1

flow g = s * 0.05

aux t = c + TIME

subsystem two

stock v[k] = k
  inflow grow
  outflow fall
  {draw.choice(("nonnegative", ""))}

flow grow[k] = ARCTAN({array}) * links.tie

flow fall[k] = d * 0.1

aux w[k] = k * 2 + TIME

aux x[part] = w + one.s * links.tie

aux y = {second}

aux s = one.s

aux t = one.t
"""
    found = read_declarations(text, "generated.putar")
    assert found.time is not None
    return Model(
        "generated",
        found.time,
        tuple(found.variables),
        tuple(found.dimensions),
        tuple(found.units),
        tuple(found.subsystems),
        tuple(found.links),
    )
