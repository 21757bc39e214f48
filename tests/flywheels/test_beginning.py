"""A new flywheel: it works from its first minute, and nothing is written over."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import putar
from putar.cli import main
from putar.errors import UsageError
from putar.flywheels.beginning import begin


def test_new_flywheel_has_nothing_to_complain_about_and_answers(tmp_path: Path) -> None:
    """Checks are clean, the link carries something, and the claim holds."""
    begin(tmp_path / "my-shop")
    made = putar.load(tmp_path / "my-shop")
    (claim,) = made.claims(members=20)

    assert made.check() == ()
    assert made.name == "my-shop"
    assert made.links().point.linchpin == "leaflets"
    assert claim.verdict == "holds"


def test_every_file_says_what_it_is_for(tmp_path: Path) -> None:
    """Files that can hold comments begin with one."""
    for file in begin(tmp_path / "shop"):
        if file.endswith((".toml", ".putar")):
            assert Path(file).read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize(
    ("name", "what"), [("9lives", "no name"), ("openai-compute", "ships with putar"), ("there", "exists")]
)
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str, what: str) -> None:
    """A name is a word, is nobody else's, and has no folder yet."""
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match=what):
        begin(tmp_path / name)


def test_command_says_what_to_do_next(tmp_path: Path) -> None:
    """`putar new` lists its files and the next commands."""
    found = CliRunner().invoke(main, ["new", str(tmp_path / "shop")])

    assert found.exit_code == 0
    assert found.stdout.endswith(f"then: putar check {tmp_path / 'shop'}, putar run {tmp_path / 'shop'}\n")


def test_a_switch_of_a_link_is_no_push_from_outside(tmp_path: Path) -> None:
    """Nothing pushes the bar but its own loop, so no release from anything is told."""
    begin(tmp_path / "shop")
    release = putar.load(tmp_path / "shop").loops().release

    assert release is None or release.drives == ()
    told = CliRunner().invoke(main, ["loops", str(tmp_path / "shop")]).stdout
    assert "the wheel spins up by itself" in told
    assert "Cut off from" not in told
