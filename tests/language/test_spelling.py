"""Names as their author spelled them."""

import pytest

from putar.language.model import Dimension, Model, Parameter, TimeSpec, Variable
from putar.language.spelling import called, folded, split_outside

ONE = Parameter(1.0)
MODEL = Model(
    "m",
    TimeSpec(0, 1, 1),
    (
        Variable("contact_rate", "constant", parameter=ONE, spelling="Contact Rate"),
        Variable("time_", "constant", parameter=ONE, spelling="time"),
        Variable("nr\u00b7jobs", "constant", parameter=ONE, spelling="nr.jobs"),
        Variable("people.size", "constant", parameter=ONE, spelling="Size"),
        Variable("money.size", "constant", parameter=ONE, spelling="Size"),
        Variable("money.debt_share", "constant", parameter=ONE, spelling="Debt, share"),
        Variable("x", "constant", parameter=ONE, dimensions=("region",), spelling="X Value"),
    ),
    (Dimension("region", ("north_america", "b-2")),),
)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("contact_rate", "contact_rate"),
        ("Contact  Rate", "contact_rate"),
        ('"contact RATE"', "contact_rate"),
        ("Time", "time_"),
        ("nr.jobs", "nr\u00b7jobs"),
        ("Debt, Share", "money.debt_share"),
        ("Money.Size", "money.size"),
        ("Size", "Size"),
        ("X value[North America]", "x[north_america]"),
        ('x["b-2"]', "x[b-2]"),
        ("X Value", "x"),
        ("x[nowhere]", "x[nowhere]"),
        ("nothing", "nothing"),
        ("x[north_america,b-2]", "x[north_america,b-2]"),
    ],
)
def test_a_spelling_means_the_one_variable_that_has_it(said: str, name: str) -> None:
    """Case, quotes and blanks do not matter; what could be any of two stays as it is."""
    assert called(MODEL, said) == name


def test_folding() -> None:
    assert folded('"Two\\nlines  _here"') == "two_lines_here"


def test_signs_inside_of_quotes_and_brackets_part_nothing() -> None:
    assert split_outside('a[x,y],"b,c",d', ",") == ["a[x,y]", '"b,c"', "d"]
