"""One finding of an audit: which question, what it found, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from putar.errors import Problem

__all__ = ["Check"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: which check, what it found, and its numbers."""

    check: str
    severity: str
    what: str
    fix: str
    variables: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return the finding as a row."""
        return {
            "check": self.check,
            "severity": self.severity,
            "what": self.what,
            "fix": self.fix,
            "variables": list(self.variables),
            "numbers": dict(self.numbers),
        }

    def problem(self) -> Problem:
        """Return the finding as `putar check` lists it."""
        return Problem(self.severity, "audit", None, self.what, self.fix)
