"""A flywheel's folder: what is read, and every mistake with its file, line and a fix."""

from pathlib import Path

import numpy as np
import pytest

from putar.errors import ModelErrors, UsageError
from putar.flywheels import catalogue
from putar.flywheels.folder import read_flywheel
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from tests.flywheels.bakery import FILES, bakery, problems, write


def test_everything_is_read(tmp_path: Path) -> None:
    """The parts of a folder arrive in one frozen object."""
    found = bakery(tmp_path)

    assert (found.name, found.title, found.now) == ("bakery", "A bakery", 5.0)
    assert found.about.limits == ("It never burns.",)
    assert [room.name for room in found.model.subsystems] == ["oven", "shop"]
    assert found.model.time.step == 0.25
    assert found.model["shop.price"].dimensions == ("product",)
    assert dict(found.model["shop.price"].element_parameters)["cake",].value == 3
    assert found.links[0].integrated == "sells what it bakes"
    assert found.headline[0].series == "income"
    assert [o.time for o in found.series["income"]] == [1.0, 2.0]
    assert [*found.scenarios] == ["base", "feast", "strike"]
    assert found.uncertainty_from == 5.0
    assert found.problems == ()


def test_it_runs_as_reckoned_by_hand(tmp_path: Path) -> None:
    """A factor 1.06 each quarter; nothing more from the cut date on."""
    found = bakery(tmp_path)
    base = simulate(found, RunSpec(), save=["shop.income"])
    strike = simulate(found, found.scenarios["strike"].spec, save=["shop.income"])

    assert base.series("shop.income")[:, 0] == pytest.approx(1600 * 1.06 ** np.arange(41))
    assert strike.at("shop.income", 10.0)[0] == pytest.approx(1600 * 1.06**20)


def test_facts_are_found_in_any_case(tmp_path: Path) -> None:
    found = bakery(tmp_path)
    assert found.fact("oven-price").unit == "keuro"
    with pytest.raises(UsageError, match="did you mean 'OVEN_PRICE'"):
        found.fact("OVEN_PRISE")


def swapped(file: str, old: str, new: str) -> dict[str, str]:
    """A file of the bakery with one piece changed."""
    assert old in FILES[file]
    return {file.replace(".", "_"): FILES[file].replace(old, new)}


# a mistake: the file, what is replaced in it, and by what; what is said then is in golden/folder.txt
WRONG = {
    "unknown key": ("flywheel.toml", 'question = "Does', 'questoin = "Does'),
    "key of a table": ("flywheel.toml", 'border = "across"', 'border = "abroad"'),
    "unknown constant in a scenario": (
        "flywheel.toml",
        '"shop.price[cake]" = 2.0',
        '"shop.prise[cake]" = 2.0',
    ),
    "computed variable in a scenario": ("flywheel.toml", '"shop.price[cake]" = 2.0', '"shop.income" = 2.0'),
    "unknown link in a scenario": ("flywheel.toml", 'cut = ["ploughing_back"]', 'cut = ["plowing_back"]'),
    "date outside the run": ("flywheel.toml", "from = 5.0\nscale", "from = 50.0\nscale"),
    "subsystem without a file": ("flywheel.toml", 'name = "oven"', 'name = "ovens"'),
    "parameter in an unknown subsystem": ("parameters.toml", "[oven.ploughback]", "[owen.ploughback]"),
    "parameter of an unknown status": ("parameters.toml", 'status = "lever"', 'status = "leaver"'),
    "parameter that cites nothing known": ("parameters.toml", '["OVEN_PRICE"]', '["OVEN_PRISE"]'),
    "elements of no dimension": ("parameters.toml", '"price[cake]"', '"price[cakes]"'),
    "range the wrong way": ("parameters.toml", "range = [0.2, 0.4]", "range = [0.4, 0.2]"),
    "fact without an address": (
        "facts.csv",
        "A list,A maker,https://example.org/list,\nI",
        "A list,A maker,,\nI",
    ),
    "series of an unknown variable": ("series.csv", "income,shop.income,1", "income,shop.incom,1"),
    "key that nobody asked for": ("flywheel.toml", 'boundary = "One', 'bounds = "none"\nboundary = "One'),
}
GOLDEN = Path(__file__).parent / "golden" / "folder.txt"


def told(case: str) -> str:
    """Return what the golden text has under a heading."""
    return GOLDEN.read_text(encoding="utf-8").split(f"== {case}\n")[1].split("\n== ")[0].rstrip("\n")


@pytest.mark.parametrize("case", WRONG)
def test_mistake_is_said_with_its_place(tmp_path: Path, case: str) -> None:
    """What, where, and what would put it right."""
    found = problems(tmp_path, **swapped(*WRONG[case]))
    assert "\n".join(found) == told(case)


def test_syntax_errors_of_toml_have_a_place(tmp_path: Path) -> None:
    """The words are those of Python's own reader; file, line and column are ours."""
    texts = swapped("flywheel.toml", 'title = "A bakery"', "title = A bakery")
    assert problems(tmp_path, **texts)[0].startswith("flywheel.toml:3:9: not TOML: ")
    texts = swapped("parameters.toml", "[shop]", "[oven.ploughback]\n[shop]")
    assert problems(tmp_path, **texts)[0].startswith("parameters.toml:23:17: not TOML: ")


def test_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    """One mistake a file: all of them are told at once."""
    found = problems(
        tmp_path,
        **swapped("oven.putar", "stock capacity", "stok capacity"),
        **swapped("parameters.toml", 'status = "lever"', 'status = "leaver"'),
        **swapped("facts.csv", "2,1.5,2.5", "2,3.5,2.5"),
        **swapped("flywheel.toml", 'border = "across"', 'border = "abroad"'),
    )
    assert {text.partition(":")[0] for text in found} == {
        "oven.putar",
        "parameters.toml",
        "facts.csv",
        "flywheel.toml",
    }


@pytest.mark.parametrize("file", ["flywheel.toml", "parameters.toml", "facts.csv", "series.csv"])
def test_missing_file_is_named(tmp_path: Path, file: str) -> None:
    folder = write(tmp_path / "bakery")
    (folder / file).unlink()
    with pytest.raises(ModelErrors) as caught:
        read_flywheel(folder)
    assert str(caught.value.problems[0]) == (
        f"{file}:1:1: no such file or directory\n  fix: add the file {file} to bakery"
    )


def test_file_that_nobody_lists_is_a_problem(tmp_path: Path) -> None:
    assert "\n".join(problems(tmp_path, cellar_putar="")) == (
        "cellar.putar:1:1: cellar.putar belongs to no [[subsystem]]\n"
        "  fix: list it in flywheel.toml, or remove the file"
    )


def test_value_outside_its_own_range_is_a_warning(tmp_path: Path) -> None:
    """The model still runs, and says so."""
    found = bakery(tmp_path, **swapped("parameters.toml", "value = 0.3\n", "value = 0.5\n"))
    assert [(p.severity, p.kind, p.what) for p in found.problems] == [
        ("warning", "range", "value 0.5 is outside the range 0.2 to 0.4")
    ]


# names and paths ------------------------------------------------------------------------------


def test_shipped_names_are_found_with_dash_or_underscore() -> None:
    assert "openai-compute" in catalogue.names()
    assert catalogue.find("openai_compute").name == "openai-compute"


def test_a_folder_or_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    assert catalogue.find(write(tmp_path / "bakery")).name == "bakery"
    file = tmp_path / "pond.putar"
    file.write_text("time 0 to 4 step 1 : year\n\nstock fish : dmnl = 3\n  ; in the pond\n", encoding="utf-8")
    found = catalogue.find(str(file))
    assert (found.name, [*found.scenarios], found.facts) == ("pond", ["base"], {})


def test_unknown_names_and_paths_are_errors_with_a_fix(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    said = []
    for name in ("openai-computer", tmp_path, tmp_path / "notes.txt", "zzz"):
        with pytest.raises(UsageError) as caught:
            catalogue.find(name)
        said.append(str(caught.value).replace(str(tmp_path), "HERE"))
    assert said[0] == "there is no flywheel 'openai-computer'\n  fix: did you mean 'openai-compute'?"
    assert said[1].startswith("HERE is no flywheel: it has no flywheel.toml\n  fix: ")
    assert said[2].startswith("notes.txt cannot be read as a model\n  fix: give a ")
    assert said[3].startswith("there is no flywheel 'zzz'\n  fix: one of: ")
