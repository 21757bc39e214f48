"""Everything that can be wrong, as one tree: what, where, and what would put it right.

The command line turns any `PutarError` into one message and exit code 2. A model with several
mistakes raises one `ModelErrors` that carries all of them. Nothing here knows models or arrays.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "ModelError",
    "ModelErrors",
    "Problem",
    "PutarError",
    "RunError",
    "UsageError",
    "Where",
    "nearest",
]


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text: lines and columns count from 1; line 0 means the file as a whole, said as line 1."""

    path: str
    line: int = 0
    column: int = 1
    width: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line or 1}:{self.column}"

    def excerpt(self) -> str:
        """Return the line with a caret below it, or nothing where the text is not known."""
        if not self.line or not self.text:
            return ""
        line, start = self.text, self.column - 1
        if len(line) > 160:  # keep the caret in sight on very long lines
            cut = max(0, min(start - 60, len(line) - 160))
            line, start = line[cut : cut + 160], start - cut
        gutter = f"{self.line:>5} | "
        caret = " " * (len(gutter) + start) + "^" * max(1, min(self.width, 160 - start))
        return f"{gutter}{line}\n{caret}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a model: severity is error, warning or note."""

    severity: str
    kind: str
    where: Where | None
    what: str
    fix: str

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        body = self.where.excerpt() if self.where else ""
        lines = [head, body, f"  fix: {self.fix}" if self.fix else ""]
        return "\n".join(line for line in lines if line)


class PutarError(Exception):
    """Any error that putar explains to a person."""


class ModelErrors(PutarError):
    """A model is wrong in one or more places; `problems` has all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ModelError(ModelErrors):
    """The model text is wrong in one place: says what, where, and what would put it right."""

    def __init__(self, what: str, where: Where | None, fix: str, kind: str = "syntax") -> None:
        super().__init__((Problem("error", kind, where, what, fix),))
        self.args = (what, where, fix, kind)
        self.what, self.where, self.fix, self.kind = what, where, fix, kind


class UsageError(PutarError):
    """A question was asked that cannot be answered as asked: an unknown name, scenario or option."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what, fix)
        self.what, self.fix = what, fix

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}" if self.fix else self.what


class RunError(UsageError):
    """A run cannot be carried out: too little memory, no kernel, a failed member that was needed."""


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the word that was most probably meant, or None when nothing is near."""
    known = list(words)
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if found:
        return found[0]
    tails = {name.rsplit(".", 1)[-1]: name for name in known}
    found = difflib.get_close_matches(word.rsplit(".", 1)[-1], tails, n=1, cutoff=0.75)
    return tails[found[0]] if found else None
