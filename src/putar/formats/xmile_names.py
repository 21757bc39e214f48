"""How names of XMILE files become names of the language, and its dialect for files.

In a file, points part modules and names; a point inside a quoted name becomes a middle dot. A name that
the language uses itself gets an underscore behind it.

Source: XMILE 1.0 (OASIS), section 3.2.2.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from putar.language.functions import CONSTANTS
from putar.language.parse import XMILE

__all__ = ["FILE", "declared", "path_of", "word_of"]

KEPT_NAMES = 1 << 16  # a name stands in a file many times
_RESERVED = {"if", "then", "else", "and", "or", "not", "mod", "others"}
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^."]+')


@lru_cache(KEPT_NAMES)
def word_of(name: str) -> str:
    """Return one name as it is compared: without quotes and case, blanks as one underscore."""
    text = name.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    text = re.sub(r"\\(.)", lambda m: " " if m[1] == "n" else m[1], text)
    text = re.sub(r"[\s_\u00a0]+", "_", text.strip()).lower()
    for sign, other in ((".", "\u00b7"), ("[", "("), ("]", ")")):
        text = text.replace(sign, other)
    return text


@lru_cache(KEPT_NAMES)
def path_of(name: str) -> str:
    """Return a reference, which may lead through modules, as it is compared."""
    return ("." if name.startswith(".") else "") + ".".join(word_of(part) for part in _PART.findall(name))


@lru_cache(KEPT_NAMES)
def declared(name: str) -> str:
    """Return the language's name for the name of a variable."""
    word = word_of(name)
    return f"{word}_" if word in CONSTANTS or word in _RESERVED else word


FILE = replace(XMILE, name=path_of)
