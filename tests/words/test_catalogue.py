"""The catalogue of texts and a flywheel's own translations, read as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from putar.errors import ModelError, UsageError
from putar.words.catalogue import languages, own_texts, texts


def test_both_languages_are_read() -> None:
    """English from the keys' own texts, Indonesian from their translations."""
    assert languages() == ("en", "id")
    assert texts("en")["verdict.holds"] == "holds"
    assert texts("id")["verdict.holds"] == "terbukti"


def test_a_text_that_counts_has_two_forms() -> None:
    """Indonesian has the same for one and for many."""
    assert texts("en")["assumed.levers.one"] == "{n} decision"
    assert texts("en")["assumed.levers.many"] == "{n} decisions"
    assert texts("id")["assumed.levers.one"] == texts("id")["assumed.levers.many"] == "{n} keputusan"


def test_unknown_language_is_refused_with_the_nearest() -> None:
    """And says what would make it known."""
    with pytest.raises(UsageError) as caught:
        texts("in")

    assert "there are no texts in 'in'" in str(caught.value)


def test_own_texts_are_found_by_their_english_wording(tmp_path: Path) -> None:
    """English needs none; a folder without a file has none; an empty translation counts as missing."""
    (tmp_path / "id.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Own app"\nmsgstr "Aplikasi sendiri"\n\nmsgid "Own research"\nmsgstr ""\n',
        encoding="utf-8",
    )

    assert own_texts(tmp_path, "id") == {"Own app": "Aplikasi sendiri"}
    assert own_texts(tmp_path, "en") == own_texts(tmp_path / "nowhere", "id") == {}


def test_broken_translations_are_refused_with_their_line(tmp_path: Path) -> None:
    """Not half read in silence."""
    (tmp_path / "id.po").write_text('msgid "a"\nmsgstr b\n', encoding="utf-8")

    with pytest.raises(ModelError) as caught:
        own_texts(tmp_path, "id")

    assert "id.po:2" in str(caught.value)
