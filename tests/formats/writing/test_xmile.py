"""Models as XMILE files: read again they give the same numbers, and what was lost is said."""

from pathlib import Path

import pytest

from putar.flywheels.catalogue import find, names
from putar.formats.writing.xmile import write_xmile
from tests.formats.foreign import FEATURES, files, open_file
from tests.formats.writing.round_trip import differences
from tests.formats.writing.xmile_rules import broken

CASES = [pytest.param(path, id=f"{feature}{path.suffix}") for feature in FEATURES for path in files(feature)]


@pytest.mark.parametrize("path", CASES)
def test_every_model_reads_back_to_the_same_numbers(path: Path, tmp_path: Path) -> None:
    """Models of every format and feature are written as XMILE and run as before (METHODS XM-18)."""
    flywheel = open_file(path)

    assert differences(flywheel, write_xmile(flywheel.model), tmp_path / "again.xmile") == []


@pytest.mark.parametrize("name", names())
def test_flywheels_read_back_to_the_same_numbers(name: str, tmp_path: Path) -> None:
    """Subsystems as modules and links as switches give a shipped flywheel's own numbers, with no loss."""
    flywheel = find(name)
    written = write_xmile(flywheel.model)

    assert differences(flywheel, written, tmp_path / "again.xmile") == []
    assert written.losses == ()


@pytest.mark.parametrize("name", names())
def test_sources_and_links_read_back(name: str, tmp_path: Path) -> None:
    """Status, facts, ranges, distributions, reasons and links of a flywheel come back as they were."""
    model = find(name).model
    file = tmp_path / "again.xmile"
    file.write_text(write_xmile(model).text, encoding="utf-8")
    back = find(file).model

    for variable in model.variables:
        if variable.kind == "constant":
            assert model.parameters(variable) == back.parameters(back[variable.name])
            assert variable.unit == back[variable.name].unit
    assert model.links == back.links
    assert model.subsystems == back.subsystems


@pytest.mark.parametrize("path", CASES)
def test_every_file_keeps_the_rules_of_xmile(path: Path) -> None:
    """A written file breaks no rule of the standard but by functions that are listed as lost."""
    written = write_xmile(open_file(path).model)
    lost = {loss.what.rpartition(" ")[2] for loss in written.losses if loss.what.startswith("the function")}

    found = [rule for rule in broken(written.text) if rule.endswith("is no function")]
    assert {rule.split()[-4] for rule in found} <= lost
    assert [rule for rule in broken(written.text) if rule not in found] == []


@pytest.mark.parametrize("name", names())
def test_flywheels_keep_the_rules_of_xmile(name: str) -> None:
    """Modules are connected with all that they need and see nothing else."""
    assert broken(write_xmile(find(name).model).text) == []


def test_rules_see_what_breaks_them() -> None:
    """The rules find a module without a model, an unconnected name, a table and a flow that are wrong."""
    text = write_xmile(find("openai-compute").model).text
    for before, after, what in (
        ('<module name="tech"', '<module name="tect"', "the module tect has no model"),
        ("<ypts>", "<ypts>1,", "a table has more of x or of y"),
        ("<inflow>", "<inflow>no_", "is no flow of this model"),
        ("<eqn>IF ", "<eqn>nothing + IF ", "nothing is not seen here"),
        ("<eqn>IF ", "<eqn>FROB(1) + IF ", "FROB is no function"),
    ):
        assert any(what in rule for rule in broken(text.replace(before, after)))


def test_views_are_written_back(tmp_path: Path) -> None:
    """The views of a file are in the file that is written, with the namespaces that they use."""
    views = '<views><view isee:zoom="2"><stock x="1" y="2" name="level"/></view></views>'
    text = """<?xml version="1.0"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE">
<header><vendor>x</vendor><product version="1">x</product></header>
<sim_specs><start>0</start><stop>1</stop><dt>1</dt></sim_specs>
<model><variables><stock name="level"><eqn>1</eqn></stock></variables>VIEWS</model></xmile>"""
    file = tmp_path / "seen.xmile"
    file.write_text(text.replace("VIEWS", views), encoding="utf-8")
    written = write_xmile(find(file).model)

    assert views in written.text
    assert differences(find(file), written, tmp_path / "again.xmile") == []


def test_a_view_that_putar_made_is_made_anew(tmp_path: Path) -> None:
    """A file without views gets plain ones with all symbols; read again they are not kept as the author's."""
    flywheel = open_file(next(p for f in FEATURES for p in files(f) if f == "modules"))
    text = write_xmile(flywheel.model).text
    file = tmp_path / "first.xmile"
    file.write_text(text, encoding="utf-8")
    back = find(file)

    assert text.count('<views putar:made="true">') == text.count("</model>")
    assert not [key for key, _ in back.model.kept if key.startswith("xmile views")]
    assert write_xmile(back.model).text.count("<views") == text.count("<views")
