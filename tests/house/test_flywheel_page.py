"""The page about a flywheel's folder is a folder that works, and keeps no key secret."""

import re
from pathlib import Path

import pytest

import putar
from putar.flywheels.located import Table
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.workbench.document import headline_rows
from tests.flywheels.bakery import FILES, write
from tests.house import tree

PAGES = {
    name: (tree.ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("flywheel.md", "format.md")
}
BLOCK = re.compile(r"^## `bar/([\w.]+)`\n.*?^```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def bar(tmp_path: Path) -> putar.Study:
    """Return the flywheel on the page."""
    folder = tmp_path / "bar"
    folder.mkdir()
    for name, text in BLOCK.findall(PAGES["flywheel.md"]):
        (folder / name).write_text(text, encoding="utf-8")
    return putar.load(folder)


def test_folder_on_the_page_is_complete_and_answers(bar: putar.Study) -> None:
    """Nothing to complain about; links, claims, scenarios and tables have answers."""
    assert bar.check() == ()
    (found,) = bar.link_protocols()
    (claim,) = bar.claims(members=20)

    assert found.point.linchpin == "leaflets"
    assert claim.verdict == "holds"
    assert re.fullmatch(r"Income grows at .+/year; leaflets carry .+/year of it\.", claim.why)
    assert bar.answer(members=3).contract["headline"]
    for name in bar.flywheel.scenarios:
        assert bar.run(name)["till.income"].values[-1] > 0


def test_observed_income_is_shown_in_the_variables_unit(bar: putar.Study) -> None:
    """Eight thousand, not eight."""
    base = simulate(bar.flywheel, RunSpec())
    (row,) = headline_rows(bar.flywheel, base, None)

    assert [seen["value"] for seen in row["observed"]] == [8000.0]  # type: ignore[attr-defined]


def test_every_key_that_is_read_is_on_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `flywheel.toml` and `parameters.toml` may hold is written down."""
    asked: set[str] = set()
    plain = Table.get

    def get(table: Table, key: str, default: object = None) -> object:
        if table.path[:1] not in (("units",), ("dimensions",)):  # there a key is a name of the flywheel's own
            asked.add(key)
        return plain(table, key, default)

    monkeypatch.setattr(Table, "get", get)
    putar.load(write(tmp_path / "bakery", flywheel_toml=FILES["flywheel.toml"]))
    shown = set(re.findall(r"\w+", " ".join(PAGES.values())))

    assert len(asked) > 50
    assert asked - shown == set()
