"""All names of a model: complete, and each one can be typed where the list says."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

import putar
from putar.errors import UsageError
from putar.words.said import Words
from putar.workbench.named import named
from putar.workbench.terminal_names import print_names

STUDY = putar.load("openai-compute")
FOUND = named(STUDY.flywheel)


def names(kind: str, key: str = "name") -> list[str]:
    rows = FOUND[kind]
    assert isinstance(rows, list)
    return [str(row[key]) for row in rows]


def shown(words: Words) -> str:
    out = StringIO()
    print_names(Console(file=out, width=200, color_system=None), FOUND, words)
    return out.getvalue()


def test_every_constant_of_the_program_is_named_once() -> None:
    """What can be set is what is listed; the switches of links are cut, not set."""
    settable = [name for name in STUDY.flywheel.program.parameters if not name.startswith("links.")]

    assert sorted(names("constants")) == sorted(settable)


def test_scenarios_and_links_are_what_a_run_takes() -> None:
    """Each is accepted by the run; another word is not."""
    for name in names("scenarios"):
        assert STUDY.spec(name) is not None
    assert STUDY.spec(cut=names("links", "id")).cuts.keys() == set(names("links", "id"))
    with pytest.raises(UsageError):
        STUDY.spec(cut=["Own app"])


def test_variables_are_outputs_of_the_program() -> None:
    """Each can be asked for by its name."""
    outputs = {name for name, _ in STUDY.flywheel.program.outputs}

    assert set(names("variables")) <= outputs
    assert "money.run_rate" in names("variables")


def test_terminal_shows_names_as_they_are_typed_in_every_language() -> None:
    """A decision with its bounds, a drawn constant with its star; numbers keep the point that --set reads."""
    for language, bounds in (("en", "10 to 40"), ("id", "10 sampai 40")):
        text = shown(Words(language, STUDY.flywheel.texts(language)))
        (row, *_) = [line.split() for line in text.splitlines() if "money.monthly_price " in line]
        assert row[1] == "20"
        assert bounds in " ".join(row)
        assert "tech.hardware_efficiency_growth *" in text
        assert "funding_winter_no_vendors" in text
    assert "Keputusan" in text
    assert "0.336" in text
