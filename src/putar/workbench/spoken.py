"""What the texts of a document are in the other languages: the table that lets a page change its language.

A document is English. Beside it travels, for each other language, a table from every English text that can
be said in it to what is said: titles and sentences that a flywheel's folder translates, and sentences that
were made from a template and numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from putar.flywheels.folder import Flywheel
from putar.words.catalogue import SOURCE, languages
from putar.words.said import Words

__all__ = ["spoken"]

NO_TEXT = ("equation", "hash", "id", "url")  # keys whose values are never said


def spoken(document: Mapping[str, object], flywheel: Flywheel) -> dict[str, dict[str, str]]:
    """Return for each language but English the document's texts: English to what is said there."""
    found: dict[str, dict[str, str]] = {}
    for language in languages():
        if language != SOURCE:
            words = Words(language, flywheel.texts(language))
            names = [room.name.replace("_", " ") for room in flywheel.model.subsystems]
            told = ((text, words.told(text)) for text in (*_texts(document), *names))
            found[language] = {text: said for text, said in told if said != text}
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in NO_TEXT:
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
