"""The catalogue of texts: gettext's .po files beside this module, read as they stand.

One file a language. An entry has a key (`msgctxt`), the English text (`msgid`) and the translation
(`msgstr`), so that both are read and changed together; the English texts of all files are the same, and a
test says so. A text that counts has `msgid_plural` and is known here as `KEY.one` and `KEY.many`.

A text may hold {places}, which are filled when it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from putar.errors import ModelError, UsageError, Where, nearest

__all__ = ["SOURCE", "languages", "own_texts", "texts"]

_LINE = re.compile(r'\s*(#.*|(msg(ctxt|id|id_plural|str|str\[\d\])\s+)?"([^"\\]|\\.)*")?\s*')

SOURCE = "en"
"""The language that texts are written in first."""


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there are texts in: the source language, then those with a file."""
    found = (entry.name for entry in files("putar.words").iterdir())
    return (SOURCE, *sorted(name.removesuffix(".po") for name in found if name.endswith(".po")))


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return the texts of one language by key; the same table each time.

    Raises
    ------
    UsageError
        If there are no texts in that language, with the nearest that there is.
    """
    if language not in languages():
        near = nearest(language, languages()) or SOURCE
        raise UsageError(
            f"there are no texts in {language!r}", f"use {near!r}, or add src/putar/words/{language}.po"
        )
    file = next(name for name in languages() if name != SOURCE) if language == SOURCE else language
    found: dict[str, str] = {}
    for key, english, translated in _entries(file):
        said = english if language == SOURCE else translated
        if len(said) == 1:
            found[key] = said[0]
        else:
            found[f"{key}.one"], found[f"{key}.many"] = said[0], said[-1]
    return MappingProxyType(found)


def own_texts(folder: Path, language: str) -> Mapping[str, str]:
    """Return a flywheel's own texts in a language by their English wording, from `<language>.po`.

    Empty where there is no such file; a text that has changed since it was translated is not found.
    """
    file = folder / f"{language}.po"
    if language == SOURCE or not file.is_file():
        return MappingProxyType({})
    from babel.messages.pofile import read_po

    raw = file.read_bytes()
    text = raw.decode("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not _LINE.fullmatch(line) or "\ufffd" in line:
            where = Where(str(file), number, 1, max(1, len(line)), line)
            fix = 'write msgid "ENGLISH" and below it msgstr "TRANSLATION", in UTF-8'
            raise ModelError("the line is not one of a .po file", where, fix)
    catalogue = read_po(BytesIO(raw))
    pairs = ((entry.id, entry.string) for entry in catalogue if entry.id and entry.string)
    return MappingProxyType({str(english): str(said) for english, said in pairs})


@cache
def _entries(language: str) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Return each entry's key, English text and translation; a text that counts has two forms of each."""
    from babel.messages.pofile import read_po

    with (files("putar.words") / f"{language}.po").open("rb") as lines:
        catalogue = read_po(lines)
    found = []
    for entry in catalogue:
        if entry.context:
            english = (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)
            said = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
            found.append((entry.context, english, said * 2 if len(said) < len(english) else said))
    return tuple(found)
