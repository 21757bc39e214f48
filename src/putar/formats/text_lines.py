"""The statements of a `.putar` text: which lines belong together, and where each piece stands.

Used by the reader alone. A statement knows its lines, its reason and the places of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from putar.errors import ModelError, Where
from putar.language.model import Equation
from putar.language.parse import parse_expression

__all__ = ["DETAILS", "NUMBER", "Line", "Statement", "split_reason"]

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
DETAILS: tuple[str, ...] = (
    "inflow",
    "outflow",
    "points",
    "between",
    "outside",
    "status",
    "facts",
    "nonnegative",
)
DETAILS += ("range", "fitted", "distribution", "method", "save")


@dataclass(slots=True)
class Line:
    """One physical line: its number, its text, the part before the reason, and the reason."""

    number: int
    raw: str
    body: str
    reason: str | None


def split_reason(raw: str) -> tuple[str, str | None]:
    """Return a line without its reason, and the reason; quotes and comments hide a `;`."""
    quoted, braces = False, 0
    for at, sign in enumerate(raw):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "{}":
            braces += 1 if sign == "{" else -1
        elif sign == ";" and not quoted and braces <= 0:
            return raw[:at], raw[at + 1 :].strip()
    return raw, None


def is_detail(body: str) -> bool:
    """Say whether a line starts with a known word or an element, so that it ends an equation."""
    stripped = body.lstrip()
    word = re.match(r"\w+", stripped)
    return stripped.startswith("[") or (word is not None and word.group() in DETAILS)


class Statement:
    """The lines of one statement, with places for messages."""

    def __init__(self, path: str, lines: list[Line], comments: tuple[str, ...]) -> None:
        self.path, self.lines, self.comments = path, lines, comments
        self.used = {lines[0].number}  # lines that something has read; the rest are mistakes

    def where(self, line: Line, at: int = 0, width: int = 1) -> Where:
        """Return a place on one of its lines; `at` counts from 0."""
        return Where(self.path, line.number, at + 1, width, line.raw)

    def error(self, what: str, line: Line, at: int, width: int, fix: str) -> ModelError:
        """Return the error for a place on one of its lines."""
        return ModelError(what, self.where(line, at, width), fix)

    @property
    def reason(self) -> str:
        """The reason, its lines joined."""
        return " ".join(line.reason for line in self.lines if line.reason)

    def details(self) -> Iterator[tuple[Line, int]]:
        """Yield the indented lines that start with a known word or an element, and where."""
        for line in self.lines[1:]:
            if is_detail(line.body):
                self.used.add(line.number)
                yield line, len(line.body) - len(line.body.lstrip())

    def check_all_read(self) -> None:
        """Raise at the first line that belongs to nothing."""
        for line in self.lines:
            if line.body.strip() and line.number not in self.used:
                at = len(line.body) - len(line.body.lstrip())
                fix = f"an equation starts with '='; other lines with one of: {', '.join(DETAILS)}"
                raise self.error("this line says nothing known", line, at, 1, fix)

    def equation(self, line: Line, at: int) -> Equation:
        """Return the equation that starts on a line and goes on over the lines below it."""
        parts = [line.body[at:]]
        index = self.lines.index(line)
        for later in self.lines[index + 1 :]:
            if is_detail(later.body):
                break
            self.used.add(later.number)
            parts.append(later.body)
        text = "\n".join(parts).rstrip()
        lead = len(text) - len(text.lstrip())
        text = text.lstrip()
        if not text:
            raise self.error("the equation is missing after '='", line, max(0, at - 1), 1, "write it")
        where = self.where(line, at + lead)
        if "\n" in parts[0] + text and not parts[0].strip():  # the equation starts on a later line
            skipped = "\n".join(parts)[: "\n".join(parts).index(text)]
            first = self.lines[index + skipped.count("\n")]
            where = self.where(first, len(first.body) - len(first.body.lstrip()))
        return Equation(parse_expression(text, where), text, where)
