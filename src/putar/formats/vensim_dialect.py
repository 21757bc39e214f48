"""How Vensim writes: its operators and names, tables of points, and names as the language has them.

Names may hold blanks, and a name in quotes anything. In the language a name is one word: blanks are
underscores, a point is a middle dot (points part subsystems), and a name that the language uses itself
gets an underscore behind it.

Source: Vensim Reference Manual, "Equations"; precedence as measured on public models: relations bind
alike, `:NOT:` binds looser than they do, a sign looser than `^`, which is right-associative.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import pairwise

from putar.language.functions import CONSTANTS
from putar.language.model import NOT_AVAILABLE, Points
from putar.language.parse import Dialect

__all__ = ["VENSIM", "name_of", "number_row", "points_of", "word_of"]

_START = r"[A-Za-z_$\u00a1-\U0010ffff]"
_INNER = r"[\w$'.&%#@?\u00a1-\U0010ffff]"
_GAP = r"(?:[ \t\u00a0\n]|\\[ \t]*\n)+"  # each sign in one way only, so that no text takes long
_NUMBER = r"[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"

_LEVELS = {":or:": ("OR", 10), ":and:": ("AND", 20)}
_LEVELS |= {op: (op, 40) for op in ("=", "<>", "<", "<=", ">", ">=")}
_LEVELS |= {"+": ("+", 50), "-": ("-", 50), "*": ("*", 60), "/": ("/", 60), "^": ("^", 80)}
_PREFIX = {":not:": ("NOT", 30), "+": ("+", 70), "-": ("-", 70)}
_BLANK = re.compile(r"\\\s*\n|\s+")
_ONE = re.compile(_NUMBER)
_PAIR = re.compile(rf"\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)")
KEPT_NAMES = 1 << 16  # a name stands in a file many times
_RESERVED = {"if", "then", "else", "and", "or", "not", "mod", "others"}


def word_of(name: str) -> str:
    """Return a name as it is compared: without quotes and case, blanks as one underscore."""
    text = name.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")
    text = re.sub(r"\\\s*\n", " ", text)
    return re.sub(r"[\s_\u00a0]+", "_", text.strip()).strip("_").lower() or "_"


@lru_cache(KEPT_NAMES)
def name_of(name: str) -> str:
    """Return the language's name for a Vensim name."""
    word = word_of(name).replace(".", "\u00b7").replace("[", "(").replace("]", ")")
    return f"{word}_" if word in CONSTANTS or word in _RESERVED else word


def number_row(text: str) -> tuple[float, ...]:
    """Return the numbers of a table of points, x1, y1, x2, y2 and so on.

    The points are pairs, behind an optional `[(xmin,ymin)-(xmax,ymax), ...]`, or first all x, then all y.

    Raises
    ------
    ValueError
        If the text is no table, with what is wrong.
    """
    points = points_of(text)
    return tuple(value for pair in zip(points.xs, points.ys, strict=True) for value in pair)


def points_of(text: str) -> Points:
    """Return the points of a table of points; see `number_row`.

    Raises
    ------
    ValueError
        If the text is no table, with what is wrong.
    """
    inner = _BLANK.sub(" ", text).strip()
    if inner.startswith("(") and inner.endswith(")") and _matching(inner) == len(inner) - 1:
        inner = inner[1:-1].strip()
    if inner.startswith("["):
        closed = inner.find("]")
        if closed < 0:
            raise ValueError("the range of this table is never closed")
        inner = inner[closed + 1 :].strip().lstrip(",").strip()
    if inner.startswith("("):
        found = _pairs(inner)
        xs, ys = [x for x, _ in found], [y for _, y in found]
    else:
        words = [word.strip() for word in inner.split(",")]
        if not all(_ONE.fullmatch(word) for word in words):
            raise ValueError("this is no table of points")
        numbers = [_float(word) for word in words]
        if len(numbers) % 2:
            raise ValueError("this table has not as many x as y")
        xs, ys = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    if not all(math.isfinite(number) for number in (*xs, *ys)):
        raise ValueError("a number of this table is not finite")
    if any(left > right for left, right in pairwise(xs)):
        raise ValueError("the x of this table are not in rising order")
    return Points(tuple(xs), tuple(ys))


def _pairs(text: str) -> list[tuple[float, float]]:
    """Return the points of `(x1, y1), (x2, y2)`; each sign is looked at once, so that no text takes long."""
    found, at = [], 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            raise ValueError("this is no table of points")
        found.append((_float(match[1]), _float(match[2])))
        at = match.end()
        while at < len(text) and text[at] in " ,":
            at += 1
    return found


def _float(text: str) -> float:
    return float(text.replace(" ", ""))


def _matching(text: str) -> int:
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return at
    return -1


VENSIM = Dialect(
    re.compile(
        rf"""(?P<space>(?:\s|\\\s*\n)+)
          | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
          | (?P<quoted>"(?:[^"\\]|\\.)*")
          | (?P<text>'[^']*')
          | (?P<word>{_START}{_INNER}*(?:{_GAP}{_INNER}+)*)
          | (?P<op>:AND:|:OR:|:NOT:|:NA:|<>|<=|>=|[-+*/^()<>=\[\],!;:])
          """,
        re.VERBOSE | re.IGNORECASE,
    ),
    _LEVELS,
    _PREFIX,
    name_of,
    choice=False,
    tables=frozenset({"WITH_LOOKUP"}),
    points=number_row,
    marks={":na:": NOT_AVAILABLE},
)
