"""The reader of XMILE: what it keeps beside the equations, included files, macros in themselves."""

from pathlib import Path

import pytest

from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from putar.formats.xmile_functions import REFUSED
from putar.formats.xmile_read import read_xmile
from putar.language.functions import FUNCTIONS
from tests.formats.foreign import trajectory

PICTURE = """<?xml version="1.0" encoding="{encoding}"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE">
<header><name>Größe &amp; more</name></header>
<sim_specs><start>0</start><stop>1</stop></sim_specs>
<model><variables><aux name="größe"><eqn>1</eqn></aux><module name="room"/></variables>
<views><view isee:popup="no"><aux x="1" y="2" name="größe"/></view><style/></views></model>
<model name="room"><variables><aux name="x"><eqn>2</eqn></aux></variables><views/></model>
</xmile>"""


def test_views_are_kept_as_they_stand(tmp_path: Path) -> None:
    """Each room's views, the header and the names of the root come back letter by letter, in any encoding."""
    for encoding in ("utf-8", "iso-8859-1", "utf-16"):
        path = tmp_path / "model.xmile"
        path.write_bytes(PICTURE.format(encoding=encoding).encode(encoding))

        kept = dict(read_xmile(path).kept)

        assert kept["xmile header"] == "<header><name>Größe &amp; more</name></header>"
        views = '<views><view isee:popup="no"><aux x="1" y="2" name="größe"/></view><style/></views>'
        assert kept["xmile views"] == views
        assert kept["xmile views room"] == "<views/>"
        assert 'xmlns:isee="http://iseesystems.com/XMILE"' in kept["xmile names"]


INCLUDED = '<xmile version="1.0"><macro name="TWICE"><parm>x</parm><eqn>2 * x</eqn></macro></xmile>'
MAIN = """<xmile version="1.0"><include resource="{resource}"/>
<sim_specs><start>0</start><stop>1</stop></sim_specs>
<model><variables><aux name="y"><eqn>TWICE(4)</eqn></aux></variables></model></xmile>"""


def test_included_files_are_read(tmp_path: Path) -> None:
    """A macro of an included file is used as one of the file itself."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "macros.xml").write_text(INCLUDED, encoding="utf-8")
    path = tmp_path / "model.xmile"
    path.write_text(MAIN.format(resource="parts/macros.xml"), encoding="utf-8")

    assert trajectory(find(path))["y"][0.0] == 8.0


def test_namesakes_of_included_macros_are_refused_by_name(tmp_path: Path) -> None:
    """Of two files that are included neither wins; only the file's own macros go before them."""
    for name in ("one", "other"):
        (tmp_path / f"{name}.xml").write_text(INCLUDED, encoding="utf-8")
    path = tmp_path / "model.xmile"
    text = MAIN.format(resource="one.xml").replace("/>", '/><include resource="other.xml"/>', 1)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(
        ModelErrors, match=r"other\.xml:\d+:1: there are two macros 'twice'; the other is in .*one"
    ):
        read_xmile(path)


@pytest.mark.parametrize("resource", ["../secret.xml", "/etc/hostname", "http://example.org/m.xml", "no.xml"])
def test_included_files_lie_in_the_models_folder(tmp_path: Path, resource: str) -> None:
    """A file elsewhere, on a network or nowhere is named with the line of the include."""
    path = tmp_path / "model.xmile"
    path.write_text(MAIN.format(resource=resource), encoding="utf-8")

    with pytest.raises(ModelErrors, match=r"(?s)model\.xmile:1:.*(outside|network|no file)"):
        read_xmile(path)


def test_mistakes_in_included_files_name_them(tmp_path: Path) -> None:
    """A wrong equation of an included macro is said with that file and line."""
    (tmp_path / "macros.xml").write_text(INCLUDED.replace("2 * x", "\n2 * zz"), encoding="utf-8")
    path = tmp_path / "model.xmile"
    path.write_text(MAIN.format(resource="macros.xml"), encoding="utf-8")

    with pytest.raises(ModelErrors, match=r"macros\.xml:2:5: .*unknown name 'zz'"):
        read_xmile(path)


def test_a_macro_must_come_to_an_end(tmp_path: Path) -> None:
    """Recursion without numbers, and recursion without an end, are refused."""
    for eqn, what in (
        ("F(TIME)", "calls itself with more than numbers"),
        ("F(n + 1)", "calls itself 1000 times"),
    ):
        path = tmp_path / "model.xmile"
        macro = f'<macro name="F"><parm>n</parm><eqn>{eqn}</eqn></macro>'
        path.write_text(
            MAIN.format(resource="x").replace('<include resource="x"/>', macro).replace("TWICE", "F")
        )

        with pytest.raises(ModelErrors, match=what):
            read_xmile(path)


DECAY = """<xmile version="1.0">
<sim_specs method="{method}"><start>0</start><stop>{stop}</stop><dt>{dt}</dt></sim_specs>
<model><variables>{variables}</variables></model></xmile>"""
FALLING = (
    '<stock name="x"><eqn>1</eqn><outflow>f</outflow></stock><flow name="f"><eqn>2 * TIME * x^2</eqn></flow>'
)
SWINGING = (
    '<stock name="x"><eqn>1</eqn><inflow>v_in</inflow></stock><flow name="v_in"><eqn>v</eqn></flow>'
    '<stock name="v"><eqn>0</eqn><outflow>pull</outflow></stock><flow name="pull"><eqn>x</eqn></flow>'
)


@pytest.mark.parametrize(
    ("method", "value"), [("Euler", 0.508356094), ("RK2", 0.504810626), ("rk4", 0.500013553)]
)
def test_in_02_methods_read_the_time_within_a_step(tmp_path: Path, method: str, value: float) -> None:
    """METHODS IN-02: x' = -2 t x^2 from 1 in four steps; Stella's second order is Heun's."""
    path = tmp_path / "model.xmile"
    path.write_text(DECAY.format(method=method, stop=1, dt=0.25, variables=FALLING), encoding="utf-8")

    assert trajectory(find(path))["x"][1.0] == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize(
    ("method", "x", "v"), [("Euler", -1.40884698, 0.84850693), ("RK4", -0.83907546, 0.54401377)]
)
def test_in_03_oscillator(tmp_path: Path, method: str, x: float, v: float) -> None:
    """METHODS IN-03: x'' = -x from (1, 0), a hundred steps of 0.1."""
    path = tmp_path / "model.xmile"
    path.write_text(DECAY.format(method=method, stop=10, dt=0.1, variables=SWINGING), encoding="utf-8")
    found = trajectory(find(path))

    assert [list(found["x"].values())[-1], list(found["v"].values())[-1]] == pytest.approx([x, v], abs=1e-8)


OWN_TIMES = """<xmile version="1.0">
<sim_specs method="RK4"><start>0</start><stop>4</stop><dt>0.5</dt></sim_specs>
<model><variables><module name="m"/></variables></model>
<model name="m">
<sim_specs {told}>{parts}</sim_specs>
<variables><aux name="x"><eqn>1</eqn></aux></variables></model></xmile>"""


@pytest.mark.parametrize(
    ("told", "parts", "what"),
    [
        ("", "<dt>0.25</dt>", "has a <dt> of its own"),
        ("", "<stop>5</stop>", "has a <stop> of its own"),
        ('method="euler"', "", "has a method of its own"),
        ('run="independent"', "", "runs independently"),
    ],
)
def test_a_module_with_other_times_is_refused(tmp_path: Path, told: str, parts: str, what: str) -> None:
    """METHODS 1.1: other times are named, at the line of the module's own; the same times are none."""
    path = tmp_path / "model.xmile"
    path.write_text(OWN_TIMES.format(told=told, parts=parts), encoding="utf-8")

    with pytest.raises(ModelErrors, match=rf"model\.xmile:5:1: the module 'm' {what}"):
        read_xmile(path)
    path.write_text(OWN_TIMES.format(told='method="rk4"', parts='<dt reciprocal="true">2</dt>'))
    assert trajectory(find(path))["m.x"][0.0] == 1.0


WRITTEN_BY = """<xmile version="1.0"><header><vendor>{vendor}</vendor></header>
<sim_specs method="{method}"><start>0</start><stop>4</stop></sim_specs>
<model><variables>
<aux name="y"><eqn>{equation}</eqn></aux>
</variables></model></xmile>"""


def _written_by(folder: Path, equation: str, vendor: str = "", method: str = "euler") -> Path:
    path = folder / "model.xmile"
    text = WRITTEN_BY.format(vendor=vendor, method=method, equation=equation)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pulse_of_stella_without_an_interval_is_warned_of(tmp_path: Path) -> None:
    """The help of Stella and the standard differ; with an interval, or from another tool, nothing is said."""
    path = _written_by(tmp_path, "PULSE(3, 2)", "isee systems, inc.")
    (note,) = read_xmile(path).notes
    assert note.severity == "warning"
    assert str(note.where) == "model.xmile:4:1"
    assert note.what.startswith("y: PULSE without an interval comes once, as XMILE says;")
    assert list(trajectory(find(path))["y"].values()) == [0.0, 0.0, 3.0, 0.0, 0.0]

    assert read_xmile(_written_by(tmp_path, "PULSE(3, 2, 0)", "isee systems, inc.")).notes == ()
    assert read_xmile(_written_by(tmp_path, "PULSE(3, 2)", "another")).notes == ()


def test_growth_by_a_percentage_is_that_of_euler(tmp_path: Path) -> None:
    """CGROWTH is refused with its line where another method is asked for."""
    assert trajectory(find(_written_by(tmp_path, "CGROWTH(10)")))["y"][0.0] == pytest.approx(0.1)
    with pytest.raises(ModelErrors, match=r"model\.xmile:4:1: y: CGROWTH is not supported: .* Euler's"):
        read_xmile(_written_by(tmp_path, "CGROWTH(10)", method="rk4"))


@pytest.mark.parametrize("order", ["7", "1.5", "-1", "TIME"])
def test_derivatives_of_other_orders_are_refused(tmp_path: Path, order: str) -> None:
    """The order must be written as a whole number from 0 to 6."""
    with pytest.raises(ModelErrors, match=r"model\.xmile:4:1: y: DERIVN is not supported"):
        read_xmile(_written_by(tmp_path, f"DERIVN(TIME, {order})"))


@pytest.mark.parametrize("function", sorted(set(REFUSED) - {"CGROWTH"}))
def test_what_is_refused_is_refused_with_its_reason(tmp_path: Path, function: str) -> None:
    """As a call or as a word alone, in any case of letters; the language has a HISTORY of its own."""
    alone = [] if function in FUNCTIONS else [f"{function.lower()} * 2"]
    for equation in (f"1 + {function}(1, 2, 3)", *alone):
        with pytest.raises(ModelErrors) as caught:
            read_xmile(_written_by(tmp_path, equation))
        (problem, _) = caught.value.problems
        assert problem.what == f"y: {function} is not supported: {REFUSED[function]}"
        assert (problem.kind, problem.where.line if problem.where else 0) == ("unsupported", 4)


def test_a_macro_with_times_of_its_own_is_refused(tmp_path: Path) -> None:
    """It would run from start to end in each step of the model; the place of its call is named."""
    times = "<sim_specs><start>0</start><stop>1</stop></sim_specs>"
    macro = f'<macro name="TWICE"><parm>x</parm><eqn>2 * x</eqn>{times}</macro>'
    path = tmp_path / "model.xmile"
    path.write_text(MAIN.format(resource="x").replace('<include resource="x"/>', macro), encoding="utf-8")

    with pytest.raises(ModelErrors, match=r"model\.xmile:3:1: y: the macro 'twice' has times of its own"):
        read_xmile(path)


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("<non_negative/>", "", "only some of its elements may not be negative"),
        ("<multiplier>2</multiplier>", "", "<multiplier> of a single element is not supported"),
    ],
)
def test_options_of_single_elements_are_refused(tmp_path: Path, first: str, second: str, what: str) -> None:
    """An array is what it is as a whole; what all elements say alike is said of it."""
    dims = '<dimensions><dim name="d"><elem name="a"/><elem name="b"/></dim></dimensions>'
    text = """<stock name="s"><dimensions><dim name="d"/></dimensions>
<element subscript="a"><eqn>1</eqn>{}</element>
<element subscript="b"><eqn>2</eqn>{}</element><outflow>f</outflow></stock>
<flow name="f"><dimensions><dim name="d"/></dimensions><eqn>2</eqn></flow>"""
    path = tmp_path / "model.xmile"
    whole = DECAY.replace("<model>", f"{dims}<model>")
    path.write_text(whole.format(method="euler", stop=1, dt=1, variables=text.format(first, second)))
    with pytest.raises(ModelErrors, match=what):
        read_xmile(path)

    variables = text.format("<non_negative/>", "<non_negative/>")
    path.write_text(whole.format(method="euler", stop=1, dt=1, variables=variables), encoding="utf-8")
    assert trajectory(find(path))["s[a]"] == {0.0: 1.0, 1.0: 0.0}


TWICE = {
    "two macros 'f'": '<macro name="f"><parm>x</parm><eqn>x</eqn></macro><macro name="F"/>',
    "two models 'm'": '<model name="m"><variables/></model><model name="M"><variables/></model>',
    "the dimension 'd' is declared in two ways": (
        '<dimensions><dim name="d" size="2"/></dimensions><dimensions><dim name="d" size="3"/></dimensions>'
    ),
}


@pytest.mark.parametrize("what", TWICE)
def test_what_is_declared_twice_is_refused(tmp_path: Path, what: str) -> None:
    """Two macros, models or dimensions of one name in one file: neither is taken in silence."""
    text = MAIN.format(resource="x").replace('<include resource="x"/>', TWICE[what]).replace("TWICE(4)", "4")
    path = tmp_path / "model.xmile"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ModelErrors, match=what):
        read_xmile(path)


RATES = """<xmile version="1.0">
<sim_specs method="{method}"><start>0</start><stop>4</stop><dt>0.5</dt></sim_specs>
<model><variables><stock name="s"><eqn>0</eqn><inflow>f</inflow></stock><flow name="f"><eqn>{eqn}</eqn></flow>
<aux name="x"><eqn>100 + TIME * TIME</eqn></aux></variables></model></xmile>"""


@pytest.mark.parametrize("method", ["Euler", "RK2", "RK4"])
@pytest.mark.parametrize(
    ("eqn", "least", "rate"),
    [
        ("DERIVN(x, 2)", 1.0, 2.0),
        ("HISTORY(x, 1)", 1.5, 101.0),
        ("HISTORY(TIME + 9 - TIME, TIME - 1)", 1.0, 9.0),
    ],
)
def test_what_looks_back_fits_any_method(
    tmp_path: Path, method: str, eqn: str, least: float, rate: float
) -> None:
    """x" = 2, x(1) = 101 and 9 are the same all the time, so that all methods add them up alike."""
    path = tmp_path / "model.xmile"
    path.write_text(RATES.format(method=method, eqn=eqn), encoding="utf-8")
    found = trajectory(find(path))["s"]

    assert found[0.5] == 0.0
    assert found[4.0] - found[least] == pytest.approx(rate * (4.0 - least), rel=1e-12)


def test_a_variable_may_look_back_on_itself(tmp_path: Path) -> None:
    """Where it looks is before the start, so that there is no circle there."""
    path = tmp_path / "model.xmile"
    text = RATES.format(method="Euler", eqn="1 + HISTORY(SELF, TIME - 1)")
    path.write_text(text, encoding="utf-8")

    assert list(trajectory(find(path))["f"].values()) == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0]
