"""Ranges of units fields and of XMILE: what they become, and that every form gives them back."""

from pathlib import Path

import pytest

import putar
from putar.formats.spans import span_ends, span_of, unit_of
from putar.formats.vensim_read import read_vensim
from putar.language.model import Parameter
from tests.formats.test_hostile import mdl

TEXT = """
share = 0.2 ~ 1/Year [0,0.5] ~ |
life = 4 ~ Year [0,?,1] ~ |
most = 3 ~ [?,10] ~ |
any = 5 ~ Dmnl [?,?] ~ |
d: a, b ~~|
each[d] = 1, 2 ~ Dmnl [0,5,0.5] ~ |
level = INTEG(share * 2, 1) ~ Dmnl [0,100] ~ |
"""


@pytest.mark.parametrize(
    ("units", "unit", "span", "ends"),
    [
        ("1/Year [0,0.5]", "1/Year", "0,0.5", (0.0, 0.5)),
        ("Year [ 0 , ? , 1 ]", "Year", "0,?,1", (0.0, None)),
        ("[?,10]", "", "?,10", (None, 10.0)),
        ("Dmnl [?,?]", "Dmnl", "", (None, None)),
        ("Dmnl [5,1]", "Dmnl", "5,1", (None, None)),
        ("Dmnl {of all} [0,1]", "Dmnl", "0,1", (0.0, 1.0)),
        ("Dmnl [a,b]", "Dmnl", "", (None, None)),
        ("Dmnl [0,1e999]", "Dmnl", "", (None, None)),
        ("Year", "Year", "", (None, None)),
    ],
)
def test_units_field_is_a_unit_and_a_span(
    units: str, unit: str, span: str, ends: tuple[float | None, float | None]
) -> None:
    """What stands in brackets behind a unit is a range where it can be one, and never a part of the unit."""
    assert (unit_of(units), span_of(units), span_ends(span_of(units))) == (unit, span, ends)


def ranges(path: Path) -> dict[str, tuple[float | None, float | None]]:
    model = putar.load(path).model
    return {n: (p.low, p.high) for v in model.variables for n, p in model.parameters(v)}


RANGES = {
    "share": (0.0, 0.5),
    "life": (0.0, None),
    "most": (None, 10.0),
    "any": (None, None),
    "each[a]": (0.0, 5.0),
    "each[b]": (0.0, 5.0),
}


def test_range_of_a_constant_is_its_parameters(tmp_path: Path) -> None:
    """An end is open where `?` stands; a stock's range is kept as how it is shown."""
    path = mdl(tmp_path, TEXT)

    assert ranges(path) == RANGES
    assert read_vensim(path)["level"].span == "0,100"


@pytest.mark.parametrize("form", [".mdl", ".putar", ".xmile"])
def test_every_form_gives_ranges_back(tmp_path: Path, form: str) -> None:
    """What a form cannot say (steps, a display's range) is listed; constants have theirs again."""
    done = putar.load(mdl(tmp_path, TEXT)).write(tmp_path / f"again{form}")

    assert ranges(tmp_path / f"again{form}") == RANGES
    lost = [loss.where for loss in done.losses if "range" in loss.what]
    assert lost == {".mdl": [], ".putar": ["life", "each", "level"], ".xmile": ["life", "each"]}[form]


def test_mdl_gives_steps_and_displays_back(tmp_path: Path) -> None:
    """`[0,?,1]` and the range of a stock stand in the units field again."""
    putar.load(mdl(tmp_path, TEXT)).write(tmp_path / "again.mdl")
    text = (tmp_path / "again.mdl").read_text(encoding="utf-8")

    for span in ("[0,0.5]", "[0,?,1]", "[?,10]", "[0,5,0.5]", "[0,100]"):
        assert f" {span}\n" in text
    assert "[?,?]" not in text


def test_value_outside_is_warned_of(tmp_path: Path) -> None:
    """In the file by `check`, of a setting by every run; an open end lets everything through."""
    study = putar.load(mdl(tmp_path, "share = 0.7 ~ 1/Year [0,0.5] ~ |\nlife = 4 ~ Year [0,?] ~ |"))

    assert "share = 0.7 is outside its range 0 to 0.5" in [p.what for p in study.check()]
    said = [row["what"] for row in study.warnings(set={"life": -1.0, "share": 0.5})]
    assert said == ["life = \u22121 is outside its range 0 to ?"]
    assert not study.warnings(set={"life": 1e9})


def test_xmile_range_is_read(tmp_path: Path) -> None:
    """`<range>` of a constant is its range, of an array for each element; one out of order is none."""
    variables = """
<aux name="a"><eqn>1</eqn><range min="0" max="2"/></aux>
<aux name="b"><eqn>1</eqn><range min="3" max="2"/></aux>
<aux name="c"><dimensions><dim name="d"/></dimensions><eqn>5</eqn><range min="0" max="9"/></aux>"""
    text = f"""<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>x</vendor></header><sim_specs><start>0</start><stop>1</stop><dt>1</dt></sim_specs>
<dimensions><dim name="d" size="2"/></dimensions><model><variables>{variables}</variables></model></xmile>"""
    path = tmp_path / "model.xmile"
    path.write_text(text, encoding="utf-8")

    nine = (0.0, 9.0)
    assert ranges(path) == {"a": (0.0, 2.0), "b": (None, None), "c[1]": nine, "c[2]": nine}


def test_a_range_holds_what_is_within() -> None:
    """Both ends belong to it."""
    assert [Parameter(1.0, low=0.0, high=2.0).holds(x) for x in (-0.1, 0.0, 2.0, 2.1)] == [
        *(False, True),
        *(True, False),
    ]
