"""A flywheel's own texts in other languages: what is counted as missing, what as left over."""

from __future__ import annotations

from pathlib import Path

import pytest

import putar
from putar.flywheels import catalogue
from putar.flywheels.story import read_story
from putar.flywheels.telling import read_texts
from putar.words.said import Words
from tests.flywheels.bakery import write

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.mark.parametrize("name", catalogue.names())
def test_shipped_flywheel_says_its_texts_in_indonesian(name: str) -> None:
    """Whatever readers meet first is translated, and nothing else is."""
    flywheel = catalogue.find(name)
    told = flywheel.texts("id")

    assert [text for text in read_texts(flywheel, read_story(flywheel)) if text not in told] == []
    assert [problem for problem in putar.load(name).check() if problem.kind == "words"] == []


def test_folder_without_translations_is_not_blamed(tmp_path: Path) -> None:
    """Nobody has to translate."""
    assert [p for p in putar.load(write(tmp_path / "bakery")).check() if p.kind == "words"] == []


def test_what_is_missing_and_what_is_left_over_is_counted(tmp_path: Path) -> None:
    """A text that changed since it was translated is both."""
    folder = write(tmp_path / "bakery")
    title = putar.load(folder).flywheel.title
    (folder / "id.po").write_text(
        f'{HEAD}\nmsgid "{title}"\nmsgstr "Toko roti"\n\nmsgid "Old"\nmsgstr "Lama"\n', encoding="utf-8"
    )
    study = putar.load(folder)
    missing, idle = [problem for problem in study.check() if problem.kind == "words"]

    assert study.flywheel.texts("id")[title] == "Toko roti"
    assert "texts are not translated: " in missing.what
    assert idle.what == "1 translations are of texts that the flywheel does not have: 'Old'"
    assert {missing.severity, idle.severity} == {"note"}


def test_reasons_of_a_claim_are_made_in_the_language() -> None:
    """The template is the folder's, the numbers are written as the language writes them."""
    study = putar.load("openai-compute")
    found = study.claims(0)[0]
    words = Words("id", study.flywheel.texts("id"))

    assert found.why.startswith("A panel of phones saw a rise of 33.4%")
    assert words.told(found.why).startswith("Sebuah panel telepon melihat kenaikan 33,4% dalam dua minggu")
