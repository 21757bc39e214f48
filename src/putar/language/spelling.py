"""Names as their author spelled them: `Contact Rate`, `contact_rate` and `"contact rate"` are the same.

Case, quotes and runs of blanks and underscores do not matter. Elements of an array may be spelled so, too:
`Population[North America]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from putar.language.model import Model, element_name

__all__ = ["called", "folded", "split_outside"]

_ELEMENT = re.compile(r'("(?:[^"\\]|\\.)*"|[^\["]*)\s*\[(.*)\]', re.DOTALL)
_MARKS = re.compile(r"[\s_\u00a0]+")


def called(model: Model, name: str) -> str:
    """Return the full name of the variable, or of its element, that a name spells; else the name itself.

    A name that a variable has is never read otherwise; one that could be any of several stands as it is.
    """
    if name in model.by_name or name in model.settable:
        return name
    base, words = _parts(name)
    known = base if base in model.by_name else _spelled(model).get(folded(base))
    if known is None:
        return name
    dimensions = model.by_name[known].dimensions
    if len(dimensions) != len(words):
        return element_name(known, words)
    members = [model.dimension_elements[dimension] for dimension in dimensions]
    return element_name(known, tuple(map(_element, words, members)))


def folded(name: str) -> str:
    """Return a name without what does not matter in it: quotes, case, how wide its blanks are."""
    text = name.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", lambda m: " " if m[1] == "n" else m[1], text[1:-1])
    return _MARKS.sub("_", text).strip("_").casefold().replace("\u00b7", ".")


def split_outside(text: str, sign: str) -> list[str]:
    """Return the parts of a text between signs that stand outside of quotes and square brackets."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += {"[": 1, "]": -1}.get(letter, 0) * (not quoted)
        if letter == sign and not quoted and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _parts(name: str) -> tuple[str, tuple[str, ...]]:
    """Return a name and its subscripts."""
    match = _ELEMENT.fullmatch(name.strip())
    if match is None:
        return name.strip(), ()
    return match[1].strip(), tuple(word.strip() for word in split_outside(match[2], ","))


def _element(word: str, elements: tuple[str, ...]) -> str:
    found = [element for element in elements if folded(element) == folded(word)]
    return word if word in elements or len(found) != 1 else found[0]


def _spelled(model: Model) -> Mapping[str, str]:
    """Return the variables by their folded names, with their room and, where just one has it, without."""
    full: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    for variable in model.variables:
        for word in {variable.short, variable.spelling or variable.short}:
            room = f"{variable.subsystem}." if variable.subsystem else ""
            full.setdefault(folded(room + word), set()).add(variable.name)
            short.setdefault(folded(word), set()).add(variable.name)
    return {word: next(iter(names)) for word, names in {**short, **full}.items() if len(names) == 1}
