"""Everything that is wrong or doubtful about a flywheel: what `putar check` lists.

Errors are what keeps a number from being right or honest: a broken equation, a unit that does not
fit, a number that claims a source and names none. Warnings and notes are for the reader's eye.
"""

from __future__ import annotations

from collections.abc import Iterator

from putar.errors import ModelErrors, Problem, Where
from putar.flywheels.claims import claim_problems
from putar.flywheels.folder import Flywheel
from putar.language.check import check
from putar.language.dimensional import check_units
from putar.language.model import Variable

__all__ = ["SOURCED", "find_problems"]

SOURCED = ("reported", "estimated", "claimed")
_RANK = {"error": 0, "warning": 1, "note": 2}


def find_problems(flywheel: Flywheel) -> tuple[Problem, ...]:
    """Return all problems, errors first, each kind in the model's order."""
    found = [*check(flywheel.model)]
    if not any(problem.severity == "error" for problem in found):
        found += check_units(flywheel.model)
        found += _loops(flywheel)
    found += flywheel.problems
    if flywheel.facts:
        found += _sources(flywheel)
    if not any(problem.severity == "error" for problem in found):
        found += claim_problems(flywheel)
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: _RANK[problem.severity]))


def _loops(flywheel: Flywheel) -> Iterator[Problem]:
    try:
        _ = flywheel.program
    except ModelErrors as error:
        yield from error.problems


def _sources(flywheel: Flywheel) -> Iterator[Problem]:
    """Yield what is missing of curves and equations; constants are held to it when they are read."""
    for variable in flywheel.model.variables:
        if variable.kind == "curve":
            yield from _origin(
                variable.name, variable.status, variable.facts, variable.reason, variable.where
            )
        elif variable.kind != "constant":
            yield from _reason(variable)


def _origin(
    name: str, status: str | None, facts: tuple[str, ...], reason: str, where: Where
) -> Iterator[Problem]:
    if status is None:
        fix = "give it a status: reported, estimated, claimed, assumed, fitted, lever or fixed"
        yield Problem("warning", "source", where, f"{name} does not say where its number comes from", fix)
    elif status in SOURCED and not facts:
        fix = "name the facts it rests on, or call it assumed and give a reason"
        yield Problem("error", "source", where, f"{name} is {status} but names no fact", fix)
    elif status in ("assumed", "fixed") and not reason:
        yield Problem("warning", "source", where, f"{name} is {status} without a reason", "add a reason")


def _reason(variable: Variable) -> Iterator[Problem]:
    if not variable.reason:
        what, fix = f"{variable.name} has no reason", "add '; why it is so' below it"
        yield Problem("note", "source", variable.where, what, fix)
