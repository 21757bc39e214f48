"""Which flows a non-negative stock holds back; numbers are in tests/models/biflows and non_negative."""

from pathlib import Path

from putar.formats.xmile_read import read_xmile
from putar.language.limits import Limit, limits_of
from putar.language.model import Model

MODEL = """<xmile version="1.0"><sim_specs><start>0</start><stop>1</stop></sim_specs><model><variables>
<stock name="s"><eqn>4</eqn><inflow>a</inflow><inflow>b</inflow><inflow>c</inflow>
<outflow>x</outflow><outflow>y</outflow><non_negative/></stock>
<flow name="a"><eqn>{a}</eqn></flow><flow name="b"><eqn>2</eqn><non_negative/></flow>
<flow name="c"><eqn>-1</eqn></flow>
<flow name="x"><eqn>{x}</eqn></flow><flow name="y"><eqn>1</eqn></flow><aux name="half"><eqn>a / 2</eqn></aux>
</variables></model></xmile>"""


def _model(folder: Path, a: str = "-1", x: str = "1") -> Model:
    path = folder / "m.xmile"
    path.write_text(MODEL.format(a=a, x=x), encoding="utf-8")
    return read_xmile(path)


def test_inflows_stand_behind_outflows(tmp_path: Path) -> None:
    """Outflows in their order, then inflows that may run backwards; one that may not is not held back."""
    leaving, entering = limits_of(_model(tmp_path))

    assert leaving == {"x": Limit("s", ()), "y": Limit("s", ("x",))}
    assert entering == {"a": Limit("s", ("x", "y")), "c": Limit("s", ("x", "y"), ("a",))}


def test_what_needs_an_inflow_stands_behind_it(tmp_path: Path) -> None:
    """Through an auxiliary as well, and with it whatever needs that: here y stands behind x."""
    leaving, entering = limits_of(_model(tmp_path, x="half"))

    assert leaving == {"x": Limit("s", (), ("a",)), "y": Limit("s", ("x",), ("a",))}
    assert entering["a"] == Limit("s", ())
    assert entering["c"] == Limit("s", ("x", "y"), ("a",))


def test_an_inflow_may_need_an_outflow(tmp_path: Path) -> None:
    """That order is the usual one."""
    leaving, entering = limits_of(_model(tmp_path, a="x - y"))

    assert leaving["x"] == Limit("s", ())
    assert entering["a"] == Limit("s", ("x", "y"))
