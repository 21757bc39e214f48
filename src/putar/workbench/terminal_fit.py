"""Tables that fit their terminal: in a narrow one heads wrap and bars go, before a name or number is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

__all__ = ["Fitting", "longest_word"]

UNBOUND = 1000  # columns of a terminal on which every table has the room it likes


@dataclass(frozen=True, slots=True)
class Fitting:
    """A table as `table(narrow=False)` makes it, or as `table(narrow=True)` does where that is too wide."""

    table: Callable[[bool], Table]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = self.table(False)
        liked = console.measure(wide, options=options.update(max_width=UNBOUND)).maximum
        yield wide if liked <= options.max_width else self.table(True)


def longest_word(texts: Iterable[str], least: int = 0) -> int:
    """Return the columns that the longest word of some texts takes, at least `least`."""
    return max([least, *(len(word) for text in texts for word in text.split())])
