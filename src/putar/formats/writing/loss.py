"""What a written file could not say, and the file itself.

A loss is never silent: it names the part, where it stands and why it could not be written. Numbers of a
run stay what they were unless the loss says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Loss", "Written"]


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is not in the file: what, where it stood, and why."""

    what: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.why})" if self.where else f"{self.what} ({self.why})"


@dataclass(frozen=True, slots=True)
class Written:
    """A file's text, its losses, and what each variable is called when the file is read again."""

    text: str
    losses: tuple[Loss, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
