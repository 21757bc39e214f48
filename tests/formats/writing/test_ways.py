"""The page's table of functions says what the writers do."""

import pytest

from putar.formats.writing.reduce import reduce
from putar.formats.writing.target import VENSIM, XMILE, Target
from putar.formats.writing.ways import WAYS, way_of
from putar.language.expr import Call, Name
from putar.language.functions import FUNCTIONS
from putar.language.model import Equation, Model, Parameter, TimeSpec, Variable

PLAIN = [name for name, row in FUNCTIONS.items() if not row.takes and not row.reduces and name != "POINTS"]


def one(function: str, count: int) -> Model:
    """A model whose variable x is a function of constants."""
    constant = Variable("c", "constant", "dmnl", parameter=Parameter(2.0))
    call = Call(function, (Name("c"),) * count)
    return Model(
        "one",
        TimeSpec(0.0, 4.0, 1.0, "dmnl"),
        (constant, Variable("x", "aux", "dmnl", Equation(call))),
    )


@pytest.mark.parametrize("target", [XMILE, VENSIM], ids=lambda target: target.name)
@pytest.mark.parametrize("function", PLAIN)
def test_way_is_what_is_done(function: str, target: Target) -> None:
    """What stays, stays; what is lost is listed; whatever else there is has no such call left."""
    way = way_of(function, target)
    row = FUNCTIONS[function]
    found = [reduce(one(function, n), target) for n in range(row.required, len(row.args) + 1)]
    lost = [loss.what for made in found for loss in made.losses if loss.what.startswith("the function")]
    kept = [made.model["x"].equation for made in found]

    assert way in WAYS
    assert bool(lost) == (way == "lost")
    if way == "itself":
        calls = [equation.expr for equation in kept if equation is not None]
        assert all(isinstance(expr, Call) and expr.function == function for expr in calls)
