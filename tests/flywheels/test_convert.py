"""Models converted: every form from every other one, nothing written over, nothing half written."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import putar
from putar.cli import main
from putar.errors import UsageError
from putar.flywheels.catalogue import find
from putar.flywheels.convert import WRITERS, convert
from tests.formats.foreign import FEATURES, files, open_file
from tests.formats.writing.round_trip import series

POND = """\
time 0 to 4 step 1/2 : year

unit fish

stock stocked : fish = first
  inflow births

flow births : fish/year = rate * stocked

constant first : fish = 10
  ; put in on the first day

constant rate : 1/year = 0.5
  status estimated
  facts COUNT
"""


@pytest.fixture
def pond(tmp_path: Path) -> Path:
    path = tmp_path / "pond.putar"
    path.write_text(POND, encoding="utf-8")
    return path


@pytest.mark.parametrize("last", [*WRITERS, ""])
@pytest.mark.parametrize("first", [*WRITERS, ""])
def test_every_form_becomes_every_other(pond: Path, first: str, last: str) -> None:
    """The pond goes through two forms and its fish are what they were."""
    there, back = pond.with_name(f"there{first}"), pond.with_name(f"back{last}")
    one = convert(find(pond), there)
    two = convert(find(there), back)

    name = one.names.get("stocked", "stocked")
    found = putar.load(back).run()[two.names.get(name, name)]
    assert found.values.tolist() == [10.0 * 1.25**step for step in range(9)]


@pytest.mark.parametrize("last", WRITERS)
def test_numbers_beyond_all_doubles_are_written(tmp_path: Path, last: str) -> None:
    """A constant beyond all doubles is infinite in the file made of it; for Vensim, a loss says it is not."""
    source = tmp_path / "large.mdl"
    times = "INITIAL TIME = 0 ~~|FINAL TIME = 2 ~~|TIME STEP = 1 ~~|SAVEPER = 1 ~~|"
    source.write_text(f"{{UTF-8}} large = 1e400 ~~|low = -1e400 ~~|{times}", encoding="utf-8")
    made = tmp_path / f"made{last}"
    done = convert(find(source), made)

    largest = 1e308 if last == ".mdl" else np.inf
    told = [loss.where for loss in done.losses if loss.what == "infinity"]
    assert told == (["large", "low"] if last == ".mdl" else [])
    assert {name: find(made).model[name].parameter.runs for name in ("large", "low")} == {
        "large": largest,
        "low": -largest,
    }


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=f"{feature}{path.suffix}") for feature in FEATURES for path in files(feature)],
)
def test_every_model_can_begin_a_flywheel(path: Path, tmp_path: Path) -> None:
    """A folder made of a model has no errors, and gives the model's numbers."""
    done = convert(open_file(path), tmp_path / "own")
    made = putar.load(tmp_path / "own")

    assert [problem for problem in made.check() if problem.severity == "error"] == []
    assert [loss.what for loss in done.losses if loss.what.startswith("the numbers of")] == []


@pytest.mark.parametrize("name", ["openai-compute", "tesla-xai-spacex"])
def test_flywheel_goes_through_a_file_and_back_into_a_folder(name: str, tmp_path: Path) -> None:
    """From a flywheel's XMILE file a folder is made that runs, with the links and their shares."""
    convert(find(name), tmp_path / "file.xmile")
    convert(find(tmp_path / "file.xmile"), tmp_path / "own")
    (times, before), (again, after) = series(find(name)), series(find(tmp_path / "own"))

    assert times.tolist() == again.tolist()
    assert all(np.allclose(after[n], values, rtol=1e-12, atol=0.0) for n, values in before.items())
    assert find(tmp_path / "own").model.links == find(name).model.links


def test_what_a_file_of_a_flywheel_leaves_out_is_said(tmp_path: Path) -> None:
    """Scenarios, claims and the rest are named; nothing of them is dropped in silence."""
    done = convert(find("openai-compute"), tmp_path / "o.xmile")
    said = " ".join(str(loss) for loss in done.losses)

    for word in ("scenarios", "facts", "series.csv", "claims", "headlines", "levers", "tables", "loops"):
        assert word in said


def test_folder_of_a_flywheel_is_a_copy(tmp_path: Path) -> None:
    """Nothing is lost where the form is the same: claims and facts are those of the source."""
    done = convert(find("openai-compute"), tmp_path / "mine")

    assert done.losses == ()
    assert len(find(tmp_path / "mine").facts) == len(find("openai-compute").facts)
    assert find(tmp_path / "mine").texts("id") == find("openai-compute").texts("id") != {}


def test_statuses_without_their_facts_are_assumptions(pond: Path) -> None:
    """A folder cannot cite what it does not have; the reason says what was cited, and a loss says so."""
    done = convert(find(pond), pond.with_name("own"))
    parameter = find(pond.with_name("own")).model["main.rate"].parameter

    assert parameter is not None
    assert (parameter.status, parameter.reason) == ("assumed", "(estimated from COUNT)")
    assert [loss.what for loss in done.losses] == ["the status estimated and its facts COUNT"]


def test_nothing_is_written_over_without_force(pond: Path) -> None:
    """What is there stays, and the message says how to write over it."""
    there = pond.with_name("there.mdl")
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists") as told:
        convert(find(pond), there)

    assert "--force" in told.value.fix
    assert there.read_text(encoding="utf-8") == "mine"
    convert(find(pond), there, force=True)
    assert "INTEG" in there.read_text(encoding="utf-8")


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    """A model that a form cannot say is refused by name, and the file that was there is whole."""
    letters = ", ".join(f"e{i}" for i in range(40))
    model = tmp_path / "many.putar"
    text = f"time 0 to 1 step 1 : dmnl\n\ndimension d = {letters}\n\naux a[d] = d\n\naux k = RANK(a[*], 2)\n"
    model.write_text(text, encoding="utf-8")
    out = tmp_path / "many.mdl"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="the function RANK"):
        convert(find(model), out, force=True)

    assert out.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.mdl", "many.putar"]


def test_folder_that_cannot_be_made_is_refused(pond: Path) -> None:
    """What stands in the way is a file; the answer is a sentence."""
    with pytest.raises(UsageError, match="cannot write"):
        convert(find(pond), pond / "own")


def test_unknown_forms_are_refused_with_the_nearest(pond: Path) -> None:
    """A wrong suffix is answered with the right one."""
    with pytest.raises(UsageError) as told:
        convert(find(pond), pond.with_name("pond.xmil"))

    assert told.value.fix == "did you mean '.xmile'?"


def test_command_prints_files_losses_and_names(pond: Path) -> None:
    """`putar convert --json` is one document; without it losses go to stderr."""
    out = pond.with_name("pond.mdl")
    found = CliRunner().invoke(main, ["convert", str(pond), str(out), "--json"])

    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert document["files"] == [str(out)]
    assert [loss["what"] for loss in document["losses"]] == ["status, facts and distributions as data"]
    again = CliRunner().invoke(main, ["convert", str(pond), str(out)])
    assert (again.exit_code, "exists" in again.stderr) == (2, True)
    forced = CliRunner().invoke(main, ["convert", str(pond), str(out), "--force"])
    assert forced.stdout == f"wrote {out}\n"
    assert "not said: status, facts and distributions" in forced.stderr
