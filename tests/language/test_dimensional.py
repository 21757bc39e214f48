"""Dimensional analysis: what fits, what does not, and how it is said."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putar.errors import Problem
from putar.formats.text import read_declarations
from putar.language.dimensional import RULES, check_units
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Model, TimeSpec

GOLDEN = Path(__file__).with_name("golden") / "units.txt"

# 21 lines, so that what a test adds begins on line 22
HEAD = """\
unit USD
unit musd = 1e6 USD
unit busd = 1e9 USD
unit GW
unit person
unit mperson = 1e6 person
dimension actor = openai, google
link own_fleet "Own fleet" : fleet -> fleet
constant life : year = 4
constant capacity : GW = 3
constant build : GW/year = 1
constant price : busd/(GW*year) = 10
constant users : mperson = 800
constant visitor : person = 1
constant share : dmnl = 0.5
constant area : GW^2 = 9
constant growth : 1/year = 0.3
constant start : year = 2024
constant weight[actor] : GW = 1
curve effect : dmnl of GW
  points (0, 1) (10, 2)
"""


def problems(*lines: str) -> tuple[Problem, ...]:
    """Check a model of the head and further lines."""
    found = read_declarations(HEAD + "\n".join(lines) + "\n", "model.putar")
    return check_units(
        Model(
            "model",
            TimeSpec(2022, 2032, 1 / 64, "year"),
            tuple(found.variables),
            tuple(found.dimensions),
            tuple(found.units),
            tuple(found.subsystems),
            tuple(found.links),
        )
    )


def message(*lines: str) -> list[str]:
    """Return the only problem of a model, line by line."""
    (problem,) = problems(*lines)
    return str(problem).splitlines()


# what fits -------------------------------------------------------------------------------------

FITTING = [
    "aux x : GW = capacity + build * life",
    "aux x : busd/year = capacity * price",
    "aux x : busd/GW/year = price",
    "aux x : GW = 2 * capacity / 3 - -capacity",
    "aux x : GW = IF capacity > 0 AND NOT share < 1 THEN capacity ELSE 0",
    "aux x : GW = MAX(0, capacity, build * life)",
    "aux x : GW = 0",
    "aux x : GW = 0 + capacity - 0",
    "aux x : GW = 5",
    "aux x : GW = -2.5",
    "aux x : GW = 60 * 24",
    "aux x : year = TIME - start",
    "aux x : year = STARTTIME + STOPTIME - DT",
    "aux x : dmnl = SIN(2 * PI * (TIME - start) / life)",
    "aux x : GW^2 = capacity ^ 2",
    "aux x : 1/GW = capacity ^ -1",
    "aux x : GW = area ^ 0.5",
    "aux x : GW = area ^ (1/2)",
    "aux x : dmnl = (capacity / build / life) ^ (1 + share)",
    "aux x : dmnl = 2 ^ share",
    "aux x : dmnl = EXP(growth * life)",
    "aux x : GW = links.own_fleet * capacity + (1 - links.own_fleet) * build * life",
    "aux x : dmnl = TIME >= links.cut_date",
    "aux x : GW = SUM(weight[*])",
    "aux x : GW^2 = SUM(weight[*] * weight[*])",
    "aux x[actor] : GW = MAX(weight[others])\n  [google] = weight[openai]",
    "aux x[actor] : dmnl = actor + share",
    "aux x : dmnl = effect(capacity)",
    "curve x : busd of year = TIME\n  points (2022, 1) (2023, 2)",
    "curve x : busd = TIME\n  points (2022, 1) (2023, 2)",
    "stock x : GW = capacity\n  inflow build\n  outflow build",
    "stock x : GW = 10\n  inflow build",
    "aux x : GW = INF",
    "aux x : GW = unheard_of * capacity",
    "aux x : GW = UNHEARD(capacity)",
    "aux x : dmnl = 1 + 0 * capacity",
]


@pytest.mark.parametrize("line", FITTING)
def test_right_equation_is_silent(line: str) -> None:
    """What fits is not mentioned."""
    assert problems(line) == ()


def test_head_is_right() -> None:
    """The declarations that all tests share have no problem of their own."""
    assert problems() == ()


# what does not, and how it is said --------------------------------------------------------------


def golden() -> dict[str, tuple[list[str], list[str]]]:
    """Return the cases of golden/units.txt: by title, the lines of the model and those of its message."""
    cases = {}
    for case in GOLDEN.read_text(encoding="utf-8").removeprefix("== ").split("\n== "):
        title, *lines = case.rstrip().split("\n")
        model = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
        cases[title] = model, [line for line in lines if not line.startswith("> ")]
    return cases


@pytest.mark.parametrize("case", golden())
def test_wrong_unit_is_said_whole(case: str) -> None:
    """The message names both sides, their units and where those come from, the place, and what to do."""
    lines, expected = golden()[case]

    assert message(*lines) == expected


def test_each_equation_gives_one_error() -> None:
    """A second mistake in an equation waits, mistakes in other equations do not."""
    found = problems(
        "aux x : GW = (capacity + life) * (life - growth)",
        "aux y[actor] : GW = life",
        "  [google] = growth",
        "aux z : GW = x + LN(life)",
    )

    assert [problem.where and problem.where.line for problem in found] == [22, 23, 24, 25]
    assert {(problem.severity, problem.kind) for problem in found} == {("error", "unit")}


def test_unknown_unit_is_said_once_and_fits_everything() -> None:
    """What uses a variable with an unreadable unit is not blamed for it."""
    (problem,) = problems("aux x : GHW = capacity", "aux y : person = x", "stock z : year = x\n  inflow x")

    assert problem.what == "unknown unit 'GHW'"


def test_broken_declaration_is_said_once() -> None:
    """A wrong unit declaration is not said again at every variable that uses it."""
    (problem,) = problems("unit euro = 1.1 ESD", "aux x : euro/year = capacity", "aux y : GW = x")

    assert problem.what == "unknown unit 'ESD'"


def test_missing_unit_is_a_note_and_fits_everything() -> None:
    """No unit is no error; it is noted at the variable, not where it is used."""
    found = problems("aux x = capacity", "aux y : person = x + visitor", "constant z = 3")

    assert [(p.severity, p.what) for p in found] == [("note", "'x' has no unit"), ("note", "'z' has no unit")]


def test_time_unit_must_be_known() -> None:
    """The unit of time is read like any other."""
    model = Model("m", TimeSpec(0, 1, 1, "yearly rate"), ())

    (problem,) = check_units(model)

    assert problem.what == "unknown unit 'yearly'"


def test_deep_equations_take_no_time() -> None:
    """Each part of an equation is looked at once, however deep it lies."""
    deep = "capacity"
    for wrap in (
        "SMTH1({}, life)",
        "MAX({}, capacity)",
        "SAFEDIV({}, share, capacity)",
        "({}) ^ (share / share)",
    ):
        for _ in range(20):
            deep = wrap.format(deep)
    (problem,) = problems(f"aux x : GW = {deep}")

    assert problem.what.startswith("the base of an exponent that is no number must be dmnl, but 'SAFEDIV(")


# built-ins ---------------------------------------------------------------------------------------

# by rule: a name with a fitting unit for each argument (or for all of them), and the answer's unit
SIGNATURES = {
    "same": ({"": "capacity"}, "GW"),
    "dimensionless": ({"": "share"}, "dmnl"),
    "sign": ({"": "capacity"}, "dmnl"),
    "count": ({"": "capacity"}, "dmnl"),
    "sqrt": ({"": "area"}, "GW"),
    "ratio": ({"a": "capacity", "b": "life", "otherwise": "build"}, "GW/year"),
    "delay": ({"input": "capacity", "time": "life", "initial": "capacity"}, "GW"),
    "delayn": ({"input": "capacity", "time": "life", "order": "share", "initial": "capacity"}, "GW"),
    "trend": ({"input": "capacity", "time": "life", "initial": "growth"}, "1/year"),
    "forecast": ({"input": "capacity", "time": "life", "horizon": "life", "initial": "growth"}, "GW"),
    "step": ({"height": "capacity", "start": "start"}, "GW"),
    "pulse": ({"amount": "capacity", "first": "start", "interval": "life"}, "GW/year"),
    "ramp": ({"slope": "build", "start": "start", "end": "start"}, "GW"),
}
INDIFFERENT = {("sign", "x"), ("count", "slice"), ("trend", "input")}  # any unit will do


def test_rules_are_those_of_the_built_ins() -> None:
    """Every built-in names a rule or has a signature, and every rule is named and tried here."""
    named = {row.units for row in FUNCTIONS.values() if "->" not in row.units}
    assert named == set(RULES) == set(SIGNATURES)
    assert set(CONSTANTS.values()) == {"time", "dimensionless", "any"}


@pytest.mark.parametrize("name", [row.name for row in FUNCTIONS.values() if "->" not in row.units])
def test_built_in_keeps_its_rule(name: str) -> None:
    """With fitting arguments the answer has the rule's unit; with one odd argument there is an error."""
    row = FUNCTIONS[name]
    fitting, answer = SIGNATURES[row.units]
    right = [fitting.get(argument) or fitting[""] for argument in row.args]

    assert problems(f"aux x : {answer} = {name}({', '.join(right)})") == ()
    assert problems(f"aux x : {answer} = {name}({', '.join(right[: row.required])})") == ()
    for index, argument in enumerate(row.args):
        wrong = [*right[:index], "visitor", *right[index + 1 :]]
        found = problems(f"aux x : {answer} = {name}({', '.join(wrong)})")
        assert len(found) == ((row.units, argument) not in INDIFFERENT)


# by what a signature asks for: a name that has it; the unit of an answer
ASKED = {
    "a": "capacity",
    "b": "users",
    "1": "share",
    "time": "life",
    "1/time": "growth",
    "a/time": "build",
    "a*time": "capacity * life",
    "a/x": "share",
    "x": "capacity",
    "y": "share",
    "curve": "effect",
    "any": "capacity",
}
ANSWERS = {
    "a": "GW",
    "b": "mperson",
    "1": "dmnl",
    "1/a": "1/GW",
    "a*b": "GW*mperson",
    "a/b": "GW/mperson",
    "time": "year",
    "x": "GW",
    "y": "dmnl",
    "y/x": "1/GW",
    "x*y": "GW",
    "any": "GW",
}


def signatures() -> list[tuple[str, str, str]]:
    """Each built-in with a signature, what an argument is for it to hold (`way 1 7`), and the signature."""
    found = []
    for row in FUNCTIONS.values():
        first, *others = row.units.split(";")
        choices = [other.partition(":")[::2] for other in others]
        default = f"{choices[0][0].split()[0]} 0" if choices else ""
        found += [(row.name, *each) for each in [(default, first), *choices] if "->" in first]
    return found


@pytest.mark.parametrize(("name", "choice", "text"), signatures())
def test_built_in_keeps_its_signature(name: str, choice: str, text: str) -> None:
    """With fitting arguments the answer has its unit; one odd argument is an error that names both sides."""
    row = FUNCTIONS[name]
    patterns, _, answer = text.partition("->")
    asked = [pattern.strip() for pattern in patterns.split(",")]
    right = [ASKED[pattern] for pattern in asked]
    chooses, *numbers = choice.split() or [""]
    for number in numbers or ["0"]:
        if chooses:
            right[row.args.index(chooses)] = number
        unit = ANSWERS[answer.strip()]
        assert problems(f"aux x : {unit} = {name}({', '.join(right)})") == ()
        for index, pattern in enumerate(asked):
            if pattern in ("curve", "any") or row.args[index] == chooses:
                continue
            wrong = [*right[:index], "area", *right[index + 1 :]]
            found = problems(f"aux x : {unit} = {name}({', '.join(wrong)})")
            if pattern == "a" and asked.count("a") == 1:  # nothing else it could differ from
                assert len(found) == (answer.strip() in ("a", "1/a", "a*b", "a/b"))
                continue
            (problem,) = found
            assert (problem.kind, problem.where.line) == ("unit", 22)  # type: ignore[union-attr]
            if pattern in ("a", "b", "a/time"):  # one is not like the others, whichever comes first
                assert "'area' is GW^2" in problem.what
                assert problem.what.count(" is ") == 2
            else:
                assert f"the argument {row.args[index]!r} of {name} must be " in problem.what
                assert "but 'area' is GW^2 (declared at model.putar:16)" in problem.what


def test_an_argument_that_chooses_may_be_computed() -> None:
    """Then only what all choices agree on is looked at."""
    assert problems("aux x : GW = VECTOR_LOOKUP(capacity, users, visitor, visitor, share)") == ()
    assert len(problems("aux x : GW = VECTOR_LOOKUP(capacity, users, visitor, life, share)")) == 1


def test_a_written_number_is_found_wrong_rather_than_a_name() -> None:
    """It stands for a quantity that has no name; 0 fits whatever there is."""
    (problem,) = problems("aux x : GW = RANDOM_NORMAL(0, 100, capacity, 0)")
    assert problem.fix == "give 100 a name: make it a constant in GW"
    assert "must be GW, as 'capacity' is GW (declared at model.putar:10); but '100' is dmnl" in problem.what


# properties --------------------------------------------------------------------------------------

LEAVES = {
    "capacity": (1, 0, 0),
    "life": (0, 1, 0),
    "users": (0, 0, 1),
    "share": (0, 0, 0),
    "growth": (0, -1, 0),
}
Powers = tuple[int, int, int]  # of GW, year and mperson


@st.composite
def equations(draw: st.DrawFn, powers: Powers, depth: int = 3) -> str:
    """Equations whose unit has these powers; every name in them counts for it."""
    if depth == 0:
        names = ("capacity", "life", "users")
        factors = [f"{name} ^ {power}" for name, power in zip(names, powers, strict=True) if power]
        return " * ".join(factors) or "share"
    kind = draw(
        st.sampled_from(["product", "quotient", "sum", "difference", "choice", "largest", "root", "bare"])
    )
    here = equations(powers, depth - 1)
    if kind in ("product", "quotient"):
        name = draw(st.sampled_from(list(LEAVES)))
        sign = 1 if kind == "product" else -1
        rest = tuple(p - sign * q for p, q in zip(powers, LEAVES[name], strict=True))
        return f"({draw(equations(rest, depth - 1))}) {'*' if sign == 1 else '/'} {name}"
    if kind == "root":
        return f"SQRT(({draw(here)}) * ({draw(here)}))"
    if kind == "bare":
        return f"({draw(here)}) * EXP({draw(equations((0, 0, 0), depth - 1))})"
    left, right = draw(here), draw(here)
    if kind == "choice":
        compared = draw(equations(powers, depth - 1))
        return f"(IF {left} > {compared} THEN {right} ELSE {left})"
    if kind == "largest":
        return f"MAX({left}, 0, {right})"
    return f"({left} {'+' if kind == 'sum' else '-'} {right})"


POWERS = st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2))


@given(st.data(), POWERS)
def test_one_broken_factor_is_always_found(data: st.DataObject, powers: Powers) -> None:
    """A right equation is silent; one more factor at any one name in it is an error."""
    text = data.draw(equations(powers))
    unit = f"GW^{powers[0]}*year^{powers[1]}*mperson^{powers[2]}"
    words = text.split(" ")
    names = [i for i, word in enumerate(words) if word.strip("()").split("(")[-1] in LEAVES]
    broken = data.draw(st.sampled_from(names))
    name = words[broken].strip("()").split("(")[-1]
    words[broken] = words[broken].replace(name, f"({name} * price)")

    assert problems(f"aux x : {unit} = {text}") == ()
    (problem,) = problems(f"aux x : {unit} = {' '.join(words)}")
    assert (problem.severity, problem.kind) == ("error", "unit")
