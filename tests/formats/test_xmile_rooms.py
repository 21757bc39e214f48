"""Modules of XMILE: what connections mean, in both directions, and what is refused or noted."""

from pathlib import Path

import pytest

from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from putar.formats.xmile_read import read_xmile
from tests.formats.foreign import trajectory

MODEL = """<xmile version="1.0">
<sim_specs><start>0</start><stop>1</stop></sim_specs>
<model><variables>
<aux name="k"><eqn>3</eqn></aux><aux name="taken" access="input"><eqn>0</eqn></aux>
<aux name="z"><eqn>taken * 10</eqn></aux>
<module name="m"{told}>{connects}</module>
</variables></model>
<model name="m"><variables>
<aux name="given" access="input"><eqn>0</eqn></aux><aux name="y" access="output"><eqn>given * 2</eqn></aux>
</variables></model>{more}</xmile>"""


def _file(folder: Path, connects: str, told: str = "", more: str = "") -> Path:
    path = folder / "model.xmile"
    path.write_text(MODEL.format(connects=connects, told=told, more=more), encoding="utf-8")
    return path


@pytest.mark.parametrize("dot", ["", "."])
def test_a_module_brings_values_out(tmp_path: Path, dot: str) -> None:
    """A connection to a variable of the enclosing model gives it the module's: 3 * 2 * 10."""
    connects = f'<connect to="m.given" from="{dot}k"/><connect to="{dot}taken" from="m.y"/>'

    assert trajectory(find(_file(tmp_path, connects)))["z"][0.0] == 60.0


def test_a_connection_with_nothing_is_warned_of(tmp_path: Path) -> None:
    """With its line; the model runs without it."""
    model = read_xmile(_file(tmp_path, '<connect to="m.given" from="k"/>\n<connect to="m.none" from="k"/>'))

    assert [str(note).partition("\n")[0] for note in model.notes] == [
        "model.xmile:7:1: a module is connected with 'm.none', which is not there"
    ]


@pytest.mark.parametrize(
    ("told", "connects", "more", "what"),
    [
        ("", '<dimensions><dim name="d"/></dimensions>', "", ":6:1: the module 'm' is an array of modules"),
        ("", "", "<model><variables/></model>", ":10:1: there are two models without a name"),
        (' model="n" resource="n.stmx"', "", "", ":6:1: the module 'm' has no model .* 'n.stmx' is not read"),
    ],
)
def test_what_is_no_plain_module_is_refused(
    tmp_path: Path, told: str, connects: str, more: str, what: str
) -> None:
    """Each is named, with its line."""
    with pytest.raises(ModelErrors, match=what):
        read_xmile(_file(tmp_path, connects, told, more))


def test_a_file_may_give_the_standards_names_a_prefix(tmp_path: Path) -> None:
    """A prefix for XMILE's namespace is as good as none."""
    path = _file(tmp_path, '<connect to="m.given" from="k"/>')
    text = (
        path.read_text(encoding="utf-8").replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    )
    path.write_text(text.replace("<x:xmile", '<x:xmile xmlns:x="urn:x"'), encoding="utf-8")

    assert trajectory(find(path))["m.y"][0.0] == 6.0


def test_data_that_would_be_imported_is_warned_of(tmp_path: Path) -> None:
    """Numbers of another file are not in this one; an import that is switched off is none."""
    data = '\n<data><import resource="in.csv" {}/></data>'
    on = read_xmile(_file(tmp_path, "", more=data.format('type="CSV"')))
    off = read_xmile(_file(tmp_path, "", more=data.format('enabled="false"')))

    assert [(n.where.line if n.where else 0, n.what) for n in on.notes] == [
        (11, "'in.csv' is not imported; the numbers that stand in the model run")
    ]
    assert off.notes == ()


def test_what_is_brought_out_goes_to_its_namesake_outside(tmp_path: Path) -> None:
    """The module has a variable of that name as well, which stays what it is: 3 * 2 goes out."""
    connects = '<connect to="m.given" from="k"/><connect to="taken" from="m.y"/>'
    path = _file(tmp_path, connects)
    inside = '<model name="m"><variables><aux name="taken"><eqn>9</eqn></aux>'
    path.write_text(path.read_text().replace('<model name="m"><variables>', inside), encoding="utf-8")
    found = trajectory(find(path))

    assert (found["taken"][0.0], found["m.taken"][0.0], found["z"][0.0]) == (6.0, 9.0, 60.0)


@pytest.mark.parametrize(
    "connects",
    [
        '<connect to="m.given" from="k"/>\n<connect to="given" from="z"/>',
        '<connect to="taken" from="m.y"/>\n<connect to=".taken" from="k"/>',
    ],
)
def test_what_is_connected_with_two_is_refused(tmp_path: Path, connects: str) -> None:
    """One of them would be dropped in silence; the same connection written twice is none too many."""
    with pytest.raises(ModelErrors, match=r":7:1: '(given|taken)' is connected with '.*' and with '.*'"):
        read_xmile(_file(tmp_path, connects))
    twice = connects.partition("\n")[0]
    assert read_xmile(_file(tmp_path, f"{twice}\n{twice}")).notes == ()


def test_a_connected_stock_has_no_flows(tmp_path: Path) -> None:
    """As a ghost it is what it is connected with, at every time; with flows of its own it would be both."""
    stock = '<stock name="s" access="input"><eqn>0</eqn>{}</stock><flow name="f"><eqn>1</eqn></flow>'
    text = MODEL.replace("<eqn>3</eqn>", "<eqn>3 + TIME</eqn>")
    text = text.replace('<aux name="given"', stock + '<aux name="given"')
    path = tmp_path / "model.xmile"
    connect = '<connect to="m.s" from="k"/>'

    path.write_text(text.format("", told="", connects=connect, more=""), encoding="utf-8")
    assert trajectory(find(path))["m.s"] == {0.0: 3.0, 1.0: 4.0}

    path.write_text(text.format("<inflow>f</inflow>", told="", connects=connect, more=""), encoding="utf-8")
    with pytest.raises(ModelErrors, match=r":9:1: the stock 's' has flows and is connected"):
        read_xmile(path)


def test_a_connected_flow_fills_a_stock(tmp_path: Path) -> None:
    """What comes in from another module fills the stock here: 1 + 3 over one step of 1."""
    more = '<flow name="f" access="input"><eqn>0</eqn></flow>'
    more += '<stock name="s"><eqn>1</eqn><inflow>f</inflow></stock>'
    path = tmp_path / "model.xmile"
    text = MODEL.replace('<aux name="given"', more + '<aux name="given"')
    path.write_text(text.format(told="", connects='<connect to="m.f" from="k"/>', more=""), encoding="utf-8")

    assert trajectory(find(path))["m.s"] == {0.0: 1.0, 1.0: 4.0}
