"""Units: reading, arithmetic, printing and the table that declarations make."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from putar.errors import ModelError, Where
from putar.language.model import UnitDeclaration
from putar.language.units import DIMENSIONLESS, Unit, UnitTable, number_text, parse_unit, unit_table

NAMES = {
    "USD": None,
    "busd": "1e9 USD",  # before musd, so that order does not decide how units are spelled
    "musd": "1e6 USD",
    "W": None,
    "GW": "1e9 W",
    "person": None,
    "mperson": "1e6 person",
    "month": "1/12 year",
    "hour": "year/8760",
    "kWh": "1000 W*hour",
    "%": "0.01",
}
TABLE = unit_table([UnitDeclaration(name, text) for name, text in NAMES.items()], "year")
USD, YEAR, W = TABLE.units["USD"], TABLE.units["year"], TABLE.units["W"]


def read(text: str) -> Unit:
    return parse_unit(text, TABLE)


# reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "factor", "powers"),
    [
        ("", 1, {}),
        ("  ", 1, {}),
        ("1", 1, {}),
        ("dmnl", 1, {}),
        ("dmnl/year", 1, {"year": -1}),
        ("1/year", 1, {"year": -1}),
        ("year^2", 1, {"year": 2}),
        ("year^-2", 1, {"year": -2}),
        ("year^(-1/2)", 1, {"year": Fraction(-1, 2)}),
        ("year^0.5", 1, {"year": Fraction(1, 2)}),
        ("mperson", 10**6, {"person": 1}),
        ("1e9 USD", 10**9, {"USD": 1}),
        ("1e9USD", 10**9, {"USD": 1}),
        ("1/12 year", Fraction(1, 12), {"year": 1}),
        ("1/(12 year)", Fraction(1, 12), {"year": -1}),
        ("1000 musd/busd", 1, {}),
        ("busd/(GW*year)", 1, {"USD": 1, "W": -1, "year": -1}),
        ("busd/GW/year", 1, {"USD": 1, "W": -1, "year": -1}),
        ("busd/GW*year", 1, {"USD": 1, "W": -1, "year": 1}),
        ("(2 USD)^3", 8, {"USD": 3}),
        ("kWh", Fraction(1000, 8760), {"W": 1, "year": 1}),
        ("% / month", Fraction(12, 100), {"year": -1}),
        ("USD*USD/USD^2", 1, {}),
    ],
)
def test_text_is_read(text: str, factor: Fraction, powers: dict[str, Fraction]) -> None:
    """A unit is an exact factor and powers of base units, whatever way it is written."""
    assert read(text) == Unit(Fraction(factor), tuple(sorted((n, Fraction(p)) for n, p in powers.items())))


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("gw", "unknown unit 'gw'", "did you mean 'GW'?"),
        ("busd/yaer", "unknown unit 'yaer'", "did you mean 'year'?"),
        ("tonne", "unknown unit 'tonne'", "declare it among the model's units: unit tonne"),
        (
            "USD-year",
            "'-' stands where *, / or ^ was expected in the unit 'USD-year'",
            "write a product as kilowatt*hour, a negative power as year^-1",
        ),
        (
            "GW year",
            "'year' stands where *, / or ^ was expected in the unit 'GW year'",
            "write a product with *, as GW*year",
        ),
        (
            "USD/2 year",
            "'year' stands where *, / or ^ was expected in the unit 'USD/2 year'",
            "write a product with *, as GW*year",
        ),
        ("busd/", "the unit 'busd/' ends where a unit name was expected", "add a unit name"),
        ("2*(year", "the unit '2*(year' ends where ')' was expected", "add ')'"),
        ("year^", "the unit 'year^' ends where a power was expected", "add a power"),
        (
            "year^USD",
            "'USD' stands where a power was expected in the unit 'year^USD'",
            "put a power here, or remove 'USD'",
        ),
        ("year!", "'!' cannot stand in a unit", "use names, * / ^ and brackets"),
        ("0 USD", "0 cannot stand in a unit", "write a number above 0, between 1e-99 and 1e99"),
        (
            "1e999999999 USD",
            "1e999999999 cannot stand in a unit",
            "write a number above 0, between 1e-99 and 1e99",
        ),
        ("year^99", "units are not raised to the power 99", "write a small power, such as year^2"),
        ("((1e98)^50)^50", "a power of units became too large", "write a small power, such as year^2"),
    ],
)
def test_text_that_is_no_unit_is_refused(text: str, what: str, fix: str) -> None:
    """What does not read as a unit is refused with what was expected."""
    with pytest.raises(ModelError) as caught:
        read(text)

    assert (caught.value.what, caught.value.fix, caught.value.kind) == (what, fix, "unit")


def test_refusal_points_into_the_line() -> None:
    """The place is the unknown name itself, where the line around the unit is known."""
    line = "aux price : busd/(gw*year) = cost / power"

    with pytest.raises(ModelError) as caught:
        parse_unit("busd/(gw*year)", TABLE, Where("money.putar", 7, 5, 5, line))

    assert str(caught.value) == (
        "money.putar:7:19: unknown unit 'gw'\n"
        "    7 | aux price : busd/(gw*year) = cost / power\n"
        "                          ^^\n"
        "  fix: did you mean 'GW'?"
    )


@given(st.text(alphabet="USDyear GW%12e9.*/^()-+ \n", max_size=40))
def test_any_text_gives_a_unit_or_a_model_error(text: str) -> None:
    """No text, however broken, ends in another exception."""
    try:
        unit = read(text)
    except ModelError:
        return
    assert read(unit.text(TABLE.units)) == unit


# arithmetic -----------------------------------------------------------------------------------

POWERS = st.fractions(min_value=-3, max_value=3, max_denominator=4)
FACTORS = st.sampled_from([Fraction(10) ** n for n in (-9, -3, 0, 3, 6, 9)] + [Fraction(2), Fraction(1, 12)])


@st.composite
def units(draw: st.DrawFn) -> Unit:
    """Units with whole and broken powers of a few bases, some with factors that have no exact root."""
    unit = Unit(draw(FACTORS)) ** draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2, 3)]))
    for base in draw(st.lists(st.sampled_from(["USD", "W", "person", "year"]), max_size=3, unique=True)):
        unit = unit * TABLE.units[base] ** draw(POWERS)
    return unit


@given(units(), units(), units())
def test_units_form_a_group(a: Unit, b: Unit, c: Unit) -> None:
    """Multiplication is associative and commutative, with an identity and inverses."""
    assert (a * b) * c == a * (b * c)
    assert a * b == b * a
    assert a * DIMENSIONLESS == a
    assert a / a == DIMENSIONLESS
    assert hash(a * b) == hash(b * a)


@given(units(), units(), st.sampled_from([-2, -1, 0, 1, 2, 3]), st.sampled_from([2, 3, 4]))
def test_powers_obey_their_laws(a: Unit, b: Unit, n: int, root: int) -> None:
    """Powers distribute over products and multiply; a root undoes a power exactly."""
    assert (a * b) ** n == a**n * b**n
    assert (a**n) ** 2 == a ** (2 * n)
    assert a**n * a == a ** (n + 1)
    assert (a**root) ** Fraction(1, root) == a


@given(units(), units())
def test_ratio_is_the_conversion_factor(a: Unit, b: Unit) -> None:
    """Two units of one kind convert into each other, units of two kinds do not."""
    scaled = a * Unit(Fraction(1000))

    assert scaled.ratio(a) == pytest.approx(1000)
    assert a.ratio(scaled) == pytest.approx(0.001)
    assert (a.ratio(b) is None) == (a.powers != b.powers)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("GW", "W", 1e9),
        ("USD/month", "USD/year", 12),
        ("musd", "busd", 0.001),
        ("kWh", "W*hour", 1000),
        ("GW", "USD", None),
        ("%", "dmnl", 0.01),
    ],
)
def test_ratio_of_texts(one: str, other: str, ratio: float | None) -> None:
    """The ratio says how many of the other unit one is."""
    assert read(one).ratio(read(other)) == (ratio if ratio is None else pytest.approx(ratio))


def test_roots_without_an_exact_factor_stay_exact() -> None:
    """The root of a thousand dollars, squared, is a thousand dollars."""
    root = (Unit(Fraction(1000)) * USD) ** Fraction(1, 2)

    assert root.root == 2
    assert root * root == Unit(Fraction(1000)) * USD
    assert (Unit(Fraction(10**6)) * USD) ** Fraction(1, 2) == Unit(Fraction(1000)) * USD ** Fraction(1, 2)


def test_powers_without_bounds_are_refused() -> None:
    """Powers that no model can mean end in ArithmeticError before they fill the memory."""
    billion = Unit(Fraction(10**9)) * USD

    with pytest.raises(ArithmeticError, match="a power of units became too large"):
        (billion**50) ** 50
    with pytest.raises(ArithmeticError, match="units are not raised to the power 1/97"):
        billion ** Fraction(1, 97)


# printing -------------------------------------------------------------------------------------


@given(units())
def test_printed_unit_reads_back(unit: Unit) -> None:
    """Text to unit undoes unit to text, with declared names and without."""
    assume(unit.factor.numerator < 10**30)

    assert read(unit.text(TABLE.units)) == unit
    assert read(str(unit)) == unit


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", "dmnl"),
        ("1e9 USD", "busd"),
        ("1e9 USD/year", "busd/year"),
        ("1e6 person/(1e9 USD)", "mperson/busd"),
        ("0.001", "musd/busd"),
        ("kWh/year", "kWh/year"),
        ("year^-2", "1/year^2"),
        ("USD^(1/2)/(year*person)", "USD^(1/2)/(person*year)"),
        ("1e12 USD", "1e12 USD"),
        ("3/7 person", "3/7 person"),
        ("1/30 USD", "1/30 USD"),
        ("(1000 USD)^(1/2)", "0.001 busd^(1/2)"),
        ("(2 USD)^(1/2)", "(2)^(1/2)*USD^(1/2)"),
    ],
)
def test_unit_is_printed_with_declared_names(text: str, printed: str) -> None:
    """The shortest spelling without a number wins; a number stands only where no names make it up."""
    assert read(text).text(TABLE.units) == printed


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(1000), "1000"),
        (Fraction(10**9), "1e9"),
        (Fraction(25 * 10**6), "25e6"),
        (Fraction(1, 1000), "0.001"),
        (Fraction(5, 4), "1.25"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 10**12), "1e-12"),
        (Fraction(12345), "12345"),
    ],
)
def test_numbers_are_short_and_exact(number: Fraction, text: str) -> None:
    """A factor is printed in the shortest way that reads back as the same number."""
    assert number_text(number) == text
    assert Fraction(text) == number


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**12))
def test_any_number_reads_back(number: Fraction) -> None:
    """Printing loses nothing."""
    assert Fraction(number_text(number)) == number


# declaring ------------------------------------------------------------------------------------


def declare(*lines: str, time_unit: str = "") -> UnitTable:
    """Return the table of `unit` statements, one a line of model.putar."""
    found = []
    for number, line in enumerate(lines, 1):
        name, _, text = line.removeprefix("unit ").partition(" = ")
        found.append(UnitDeclaration(name, text or None, Where("model.putar", number, 6, len(name), line)))
    return unit_table(found, time_unit)


def test_order_of_declarations_does_not_matter() -> None:
    """A unit may be used before the line that declares it."""
    table = declare("unit busd = 1000 musd", "unit musd = 1e6 USD", "unit USD")

    assert table.problems == ()
    assert table.units["busd"] == Unit(Fraction(10**9), (("USD", Fraction(1)),))


def test_time_unit_is_a_base_unit_unless_declared() -> None:
    """The model's time unit needs no declaration, but may have one."""
    assert declare(time_unit="year").units["year"] == YEAR
    assert declare("unit month", "unit year = 12 month", time_unit="year").units["year"].powers == (
        ("month", Fraction(1)),
    )
    assert "" not in declare().units


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["unit USD", "unit USD"],
            [
                "model.putar:2:6: unit 'USD' is declared twice, first at model.putar:1:6",
                "    2 | unit USD",
                "             ^^^",
                "  fix: remove one of the declarations",
            ],
        ),
        (
            ["unit dmnl = 1"],
            [
                "model.putar:1:6: unit 'dmnl' is always there and means dimensionless",
                "    1 | unit dmnl = 1",
                "             ^^^^",
                "  fix: remove this declaration",
            ],
        ),
        (
            ["unit kilowatt-hour"],
            [
                "model.putar:1:6: 'kilowatt-hour' cannot be the name of a unit",
                "    1 | unit kilowatt-hour",
                "             ^^^^^^^^^^^^^",
                "  fix: use letters, digits and _; start with a letter",
            ],
        ),
        (
            ["unit USD", "unit busd = 1e9 USB", "unit tusd = 1000 busd"],
            [
                "model.putar:2:17: unknown unit 'USB'",
                "    2 | unit busd = 1e9 USB",
                "                        ^^^",
                "  fix: did you mean 'USD'?",
            ],
        ),
        (
            ["unit a = 2 b", "unit b = 3 c", "unit c = a/4", "unit d = a"],
            [
                "model.putar:1:6: unit 'a' is defined by itself: a -> b -> c -> a",
                "    1 | unit a = 2 b",
                "             ^",
                "  fix: make one of them a base unit, as in: unit a",
            ],
        ),
        (
            ["unit USD", "unit busd = 1e9 * * USD"],
            [
                "model.putar:2:19: '*' stands where a unit name was expected in the unit '1e9 * * USD'",
                "    2 | unit busd = 1e9 * * USD",
                "                          ^",
                "  fix: put a unit name here, or remove '*'",
            ],
        ),
        (
            ["unit USD", "unit busd = 1e9 & USD"],
            [
                "model.putar:2:17: '&' cannot stand in a unit",
                "    2 | unit busd = 1e9 & USD",
                "                        ^",
                "  fix: use names, * / ^ and brackets",
            ],
        ),
    ],
)
def test_wrong_declarations_are_problems(lines: list[str], message: list[str]) -> None:
    """Each mistake is said once, at its line; what follows from it is not said again."""
    assert [str(problem) for problem in declare(*lines).problems] == ["\n".join(message)]


def test_names_with_wrong_declarations_are_broken() -> None:
    """Whatever rests on a wrong declaration is known to be broken, so that nobody reports it twice."""
    table = declare("unit USD", "unit busd = 1e9 USB", "unit tusd = 1000 busd", "unit a = b", "unit b = a")

    assert table.broken == {"busd", "tusd", "a", "b"}
    assert len(table.problems) == 2
