"""Models become Programs: every built-in by closed form, arrays by element, loops named with their path.

Expected values are worked out by hand or by the closed form in the comment beside them; those marked
XM or IN are the targets of the methods page. All run on the reference interpreter.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from putar.engine.expand import MADE, PURE, REDUCERS, TIMED
from putar.engine.lower import lower
from putar.engine.reference import ReferenceKernel
from putar.errors import ModelErrors
from putar.formats.text import read_declarations
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Model


def model_of(text: str, time: str = "time 0 to 10 step 1") -> Model:
    found = read_declarations(f"{time}\n{text}", "test.putar")
    assert found.time is not None
    return Model(
        "test",
        found.time,
        tuple(found.variables),
        tuple(found.dimensions),
        tuple(found.units),
        tuple(found.subsystems),
        tuple(found.links),
    )


def series(text: str, *names: str, time: str = "time 0 to 10 step 1") -> dict[str, list[float]]:
    """Return the whole trajectory of each name, at the default parameters."""
    program = lower(model_of(text, time))
    kernel = ReferenceKernel(program, names)
    parameters = np.array(program.defaults, dtype=float)[:, None]
    rows = kernel.advance(parameters, kernel.initialise(parameters), 0, program.steps)
    return {name: rows[:, i, 0].tolist() for i, name in enumerate(names)}


def value(equation: str, at: int = 0, time: str = "time 0 to 10 step 1") -> float:
    return series(f"aux y = {equation}\naux x = TIME", "y", time=time)["y"][at]


def test_every_built_in_has_a_meaning_and_only_those() -> None:
    """The table of the language and the tables of the engine list the same functions."""
    assert set(PURE) | set(REDUCERS) | set(MADE) == set(FUNCTIONS)
    assert set(TIMED) == set(CONSTANTS)


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("ABS(-3)", 3.0),
        ("INT(-9.9)", -10.0),
        ("ROUND(2.5) + ROUND(-1.4)", 2.0),
        ("SIGN(-7) + SIGN(0) * 10 + SIGN(3) * 100", 99.0),
        ("SQRT(2)", math.sqrt(2)),
        ("EXP(1)", math.e),
        ("LN(10)", math.log(10)),
        ("LOG10(1000)", 3.0),
        ("SIN(1)^2 + COS(1)^2", 1.0),
        ("TAN(0.5)", math.tan(0.5)),
        ("ARCSIN(0.5) + ARCCOS(0.5)", math.pi / 2),
        ("ARCTAN(1)", math.pi / 4),
        ("SAFEDIV(1, 0)", 0.0),
        ("SAFEDIV(1, 0, 7)", 7.0),
        ("SAFEDIV(6, 3)", 2.0),
        ("MIN(3, 1, 2)", 1.0),
        ("MAX(3, 1, 2)", 3.0),
        ("MEAN(3, 1, 2)", 2.0),
        ("PI", math.pi),
        ("DT + STARTTIME + STOPTIME", 11.0),
        ("IF 1 > INF THEN 1 ELSE 2", 2.0),
    ],
)
def test_pure_functions_give_their_closed_form(equation: str, expected: float) -> None:
    """One value a function."""
    assert value(equation) == pytest.approx(expected, rel=1e-15, abs=1e-15)


def test_reducers_go_over_slices_and_others() -> None:
    """SUM and its kin reduce `*`, `others` and expressions of slices; sub-ranges go by element name."""
    text = """
dimension actor = a, b, c
dimension rival = b, c
constant x[actor]
  [a] = 1
  [b] = 2
  [c] = 6
aux sum = SUM(x[*])
aux product = PROD(x[*])
aux square = SUM(x[*] * x[*])
aux spread = STDDEV(x[*])
aux count = SIZE(x[*])
aux best[actor] = MAX(x[others])
aux rivals = SUM(x[rival])
aux share[rival] = x / SUM(x[*])
aux place[actor] = actor
aux shares = SUM(x[*] / SUM(x[*]))
"""
    names = ["sum", "product", "square", "spread", "count", "best[a]", "best[c]", "rivals", "share[c]"]
    got = series(text, *names, "place[b]", "shares")
    expected = [9.0, 12.0, 41.0, math.sqrt((4 + 1 + 9) / 3), 3.0, 6.0, 2.0, 8.0, 6 / 9, 2.0, 1.0]

    assert [values[0] for values in got.values()] == pytest.approx(expected, rel=1e-15)


def test_each_slice_of_a_remembering_argument_remembers_for_itself() -> None:
    """SUM(SMTH1(x[*], 2)) averages every element on its own."""
    text = """
dimension actor = a, b
aux x[actor]
  [a] = TIME
  [b] = 10 * TIME
aux both = SUM(SMTH1(x[*], 2))
aux one = SMTH1(x[a], 2)
"""
    got = series(text, "both", "one")

    assert got["both"] == pytest.approx([11 * v for v in got["one"]])


def test_step_pulse_and_ramp_begin_on_their_date() -> None:
    """STEP holds from its date; PULSE spreads its amount over one step; RAMP rises and may end."""
    quarter = "time 0 to 3 step 0.25"
    text = """
aux step = STEP(5, 1)
aux once = PULSE(2, 1)
aux again = PULSE(2, 0.5, 1)
aux ramp = RAMP(2, 1)
aux slope = RAMP(2, 1, 2)
"""
    got = series(text, "step", "once", "again", "ramp", "slope", time=quarter)
    times = [n * 0.25 for n in range(13)]

    assert got["step"] == [5.0 if t >= 1 else 0.0 for t in times]
    assert got["once"] == [8.0 if t == 1 else 0.0 for t in times]
    assert got["again"] == [8.0 if t % 1 == 0.5 else 0.0 for t in times]
    assert got["ramp"] == [2 * max(t - 1, 0) for t in times]
    assert got["slope"] == [2 * max(min(t, 2) - 1, 0) for t in times]


def test_pulse_at_every_third_of_a_step_that_is_no_binary_fraction() -> None:
    """With a step of 0.1 a pulse still falls in exactly one step."""
    got = series("aux y = PULSE(1, 0.3)", "y", time="time 0 to 1 step 0.1")["y"]

    assert [n for n, v in enumerate(got) if v] == [3]


def test_smooth_is_a_stock_that_follows_its_input() -> None:
    """SMTH1 by its recursion s += h (x - s) / T from the input, or from the given start."""
    got = series("aux x = STEP(1, 2)\naux y = SMTH1(x, 4)\naux z = SMTH1(x, 4, 8)", "y", "z")
    y, z = 0.0, 8.0
    for n in range(11):
        assert got["y"][n] == pytest.approx(y, rel=1e-14)
        assert got["z"][n] == pytest.approx(z, rel=1e-14)
        x = 1.0 if n >= 2 else 0.0
        y, z = y + (x - y) / 4, z + (x - z) / 4


def test_xm_08_delays_as_the_public_fixture_has_them() -> None:
    """XM-08: input -1, 4 from t=5; delay 4, 6 from t=15; start 6; step 1; six printed digits."""
    text = """
aux x = -1 + STEP(5, 5)
aux wait = 4 + STEP(2, 15)
aux first = DELAY1(x, wait, 6)
aux third = DELAY3(x, wait, 6)
aux second = DELAYN(x, wait, 2, 6)
"""
    got = series(text, "first", "third", "second", time="time 0 to 20 step 1")

    assert [got["first"][t] for t in (1, 2, 6, 15)] == pytest.approx(
        [4.25, 2.9375, 1.49585, 2.54132], rel=3e-6
    )
    assert [got["third"][t] for t in (3, 8)] == pytest.approx([3.04688, 1.13896], rel=3e-6)
    assert got["second"][2] == pytest.approx(4.25)


def test_orders_agree_with_their_names() -> None:
    """SMTHN and DELAYN of order 1 and 3 are SMTH1, SMTH3, DELAY1 and DELAY3."""
    pairs = [("SMTHN(x, 3, 1)", "SMTH1(x, 3)"), ("SMTHN(x, 3, 3)", "SMTH3(x, 3)")]
    pairs += [("DELAYN(x, 3, 1)", "DELAY1(x, 3)"), ("DELAYN(x, 3, 3)", "DELAY3(x, 3)")]
    for general, named in pairs:
        got = series(f"aux x = TIME^2\naux a = {general}\naux b = {named}", "a", "b")
        assert got["a"] == got["b"]


def test_delay_keeps_material() -> None:
    """What entered a material delay is inside it or has come out."""
    got = series("aux x = PULSE(6, 1)\naux y = DELAY3(x, 2)", "y", time="time 0 to 60 step 0.125")

    assert sum(got["y"]) * 0.125 == pytest.approx(6.0, rel=1e-9)


def test_trend_of_an_exponential_is_its_growth_rate() -> None:
    """TREND settles on (x - A) / (T A) with A following; FORCST carries the input along it."""
    text = "aux x = EXP(0.05 * TIME)\naux t = TREND(x, 2)\naux f = FORCST(x, 2, 3)\naux i = TREND(x, 2, 0.05)"
    got = series(text, "x", "t", "f", "i", time="time 0 to 80 step 0.0625")

    assert got["t"][-1] == pytest.approx(0.05, rel=2e-3)  # Euler's step keeps it from being exact
    assert got["f"][-1] == pytest.approx(got["x"][-1] * (1 + 3 * got["t"][-1]), rel=1e-12)
    assert got["i"][0] == pytest.approx(0.05, rel=1e-12)


def test_previous_is_one_step_late_and_init_never_moves() -> None:
    """PREVIOUS starts with its second argument; INIT keeps the first value."""
    got = series("aux x = TIME + 3\naux p = PREVIOUS(x, -1)\naux i = INIT(x)", "p", "i")

    assert got["p"] == [-1.0, *[t + 3.0 for t in range(10)]]
    assert got["i"] == [3.0] * 11


def test_curves_are_read_in_all_their_forms() -> None:
    """Linear, log and step between points; held or extrapolated outside; called or with an input."""
    text = """
curve line = TIME
  points (2, 10) (4, 20)
curve beyond = TIME
  points (2, 10) (4, 20)
  outside extrapolate
curve log = TIME
  points (2, 10) (4, 1000)
  between log
curve stairs = TIME
  points (2, 10) (4, 20) (6, 20)
  between step
curve table
  points (0, 0) (1, 1) (3, 5)
aux called = table(2)
"""
    got = series(text, "line", "beyond", "log", "stairs", "called")

    assert [got["line"][t] for t in (0, 3, 9)] == [10.0, 15.0, 20.0]
    assert [got["beyond"][t] for t in (0, 3, 9)] == [0.0, 15.0, 45.0]
    assert [got["log"][t] for t in (2, 3, 4)] == pytest.approx([10.0, 100.0, 1000.0])
    assert [got["stairs"][t] for t in (0, 3, 4, 9)] == [10.0, 10.0, 20.0, 20.0]
    assert got["called"][0] == 3.0


def test_link_switch_is_whole_before_the_cut_date_and_cut_after() -> None:
    """Both forms of a link stand in one equation; the cut acts from its date on."""
    text = "link deal\naux y = links.deal * 3 + (1 - links.deal) * 7"
    program = lower(model_of(text))
    values = dict(zip(program.parameters, program.defaults, strict=True))
    values |= {"links.deal": 0.0, "links.cut_date": 4.0}
    kernel = ReferenceKernel(program, ["y"])
    parameters = np.array(list(values.values()))[:, None]
    rows = kernel.advance(parameters, kernel.initialise(parameters), 0, 10)[:, 0, 0]

    assert rows.tolist() == [3.0] * 4 + [7.0] * 7


def test_non_negative_stock_limits_its_outflows_in_their_order() -> None:
    """A stock of 10 with outflows of 4 and 3 a step gives 4, 3, then 3 and 0; nothing is created."""
    text = """
stock tank = 10
  outflow first, second
  nonnegative
flow first = 4
flow second = 3
"""
    got = series(text, "tank", "first", "second")

    assert got["tank"][:4] == [10.0, 3.0, 0.0, 0.0]
    assert got["first"][:3] == [4.0, 3.0, 0.0]
    assert got["second"][:3] == [3.0, 0.0, 0.0]


def test_non_negative_stock_below_zero_gives_nothing() -> None:
    """A stock that starts below zero has no room to give: its outflow is 0, not an inflow."""
    got = series("stock tank = -5\n  outflow leak\n  nonnegative\nflow leak = 4", "tank", "leak")

    assert got["tank"][:2] == [-5.0, -5.0]
    assert got["leak"][0] == 0.0


def test_initial_values_are_those_of_a_whole_link() -> None:
    """A link that is cut from the very start acts from the first step on, not on what stocks start with."""
    program = lower(model_of("link deal\nstock held = links.deal * 3\naux now = links.deal"))
    values = dict(zip(program.parameters, program.defaults, strict=True)) | {"links.deal": 0.0}
    kernel = ReferenceKernel(program, ["held", "now"])
    parameters = np.array(list(values.values()))[:, None]

    assert kernel.advance(parameters, kernel.initialise(parameters), 0, 1)[0, :, 0].tolist() == [3.0, 0.0]


def test_in_06_initial_values_may_follow_other_stocks() -> None:
    """IN-06: a stock starts from another stock's start, through auxiliaries."""
    text = "stock a = 2 * b\nstock b = half\naux half = c / 2\nstock c = 8"

    assert series(text, "a", "b")["a"][0] == 8.0


def test_in_07_algebraic_loop_is_named_with_its_path() -> None:
    """IN-07: the whole cycle is shown, and what would break it."""
    with pytest.raises(ModelErrors) as caught:
        lower(model_of("aux x = y + 1\naux y = x / 2"))

    assert "algebraic loop: x -> y -> x (test.putar:2:5, test.putar:3:5)" in str(caught.value)
    assert "break it with a stock, SMTH1, DELAY1 or PREVIOUS" in str(caught.value)


def test_in_08_circular_initial_values_are_named() -> None:
    """IN-08: two stocks that start from each other."""
    with pytest.raises(ModelErrors) as caught:
        lower(model_of("stock s = t\nstock t = s"))

    assert "circular initial values: s -> t -> s" in str(caught.value)


def test_in_09_a_chain_along_elements_is_no_loop() -> None:
    """IN-09: x[b] may depend on x[a]."""
    text = "dimension d = a, b\naux x[d]\n  [a] = 1\n  [b] = x[a] + 1"

    assert series(text, "x[b]")["x[b]"][0] == 2.0


def test_a_chain_of_ten_thousand_variables_needs_no_deep_stack() -> None:
    """Dependencies are followed on a list of our own."""
    lines = [f"aux v{n} = v{n + 1} + 1" for n in range(10_000)]

    assert series("\n".join([*lines, "aux v10000 = 0"]), "v0", time="time 0 to 1 step 1")["v0"][0] == 10_000.0


def test_smoothing_closes_a_loop_lawfully() -> None:
    """A loop through SMTH1 is a loop through a stock."""
    got = series("aux x = SMTH1(y, 2, 1)\naux y = x / 2", "x", time="time 0 to 1 step 1")

    assert got["x"] == [1.0, 0.75]


@pytest.mark.parametrize(
    ("equation", "lowest", "highest", "mean", "deviation"),
    [
        ("RANDOM(2, 4)", 2.0, 4.0, 3.0, 2 / math.sqrt(12)),
        ("NORMAL(5, 2)", -10.0, 20.0, 5.0, 2.0),
        ("LOGNORMAL(5, 2)", 0.0, 60.0, 5.0, 2.0),
        ("EXPRND(3)", 0.0, 60.0, 3.0, 3.0),
    ],
)
def test_draws_have_their_moments(
    equation: str, lowest: float, highest: float, mean: float, deviation: float
) -> None:
    """20,000 draws: mean and deviation within five standard errors."""
    drawn = np.array(series(f"aux y = {equation}", "y", time="time 0 to 20000 step 1")["y"])

    assert lowest <= drawn.min()
    assert drawn.max() <= highest
    assert drawn.mean() == pytest.approx(mean, abs=5 * deviation / math.sqrt(20_000))
    assert drawn.std() == pytest.approx(deviation, rel=0.06)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("aux x = yy\naux y = 1", "unknown name 'yy'"),
        ("aux x = MAKS(1, 2)", "unknown function 'MAKS'"),
        ("aux x = EXP(1, 2)", "EXP does not take 2 arguments"),
        ("aux x = 1\naux x = 2", "'x' is defined twice"),
        ("aux time = 1", "'time' is a built-in name"),
        ("stock s = 1\n  inflow f", "unknown inflow 'f' of s"),
        ("aux f = 1\nstock s = 1\n  inflow f", "f is not a flow (aux)"),
        ("dimension d = a, b\naux x[d] = 1\naux y = x", "the reference does not say which d is meant"),
        ("dimension d = a, b\naux x[d] = 1\naux y = x[c]", "'c' is not an element of d"),
        ("dimension d = a, b\naux x[d]\n  [a] = 1", "x has no equation for [b]"),
        ("aux x[d] = 1", "unknown dimension 'd'"),
        ("aux x = SMTHN(1, 2, 2.5)", "the order of SMTHN must be a whole number"),
        ("stock s = NORMAL(0, 1)", "NORMAL cannot stand in an initial value"),
        ("aux x = links.deal", "unknown name 'links.deal'"),
        ("curve c\n  points (0, 0) (1, 1)\naux y = c", "the curve c has no input of its own"),
        ("dimension d = a\naux x[d] = 1\naux y[d] = MAX(x[others])", "x means no element here"),
    ],
)
def test_wrong_models_are_refused_by_name(text: str, what: str) -> None:
    """Each mistake is said with its place before anything runs."""
    with pytest.raises(ModelErrors) as caught:
        lower(model_of(text))

    assert what in str(caught.value)
    assert caught.value.problems[0].where is not None
