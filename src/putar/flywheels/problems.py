"""Everything that is wrong or doubtful about a flywheel: what `putar check` lists.

Errors are what keeps a number from being right or honest: a broken equation, a unit that does not
fit, a number that claims a source and names none. Warnings and notes are for the reader's eye.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from putar.errors import ModelErrors, Problem, Where
from putar.flywheels.claims import claim_problems
from putar.flywheels.facts import fact_key
from putar.flywheels.folder import Flywheel
from putar.flywheels.story import Check, Figure, read_story
from putar.flywheels.telling import telling_problems
from putar.language.check import check
from putar.language.dimensional import check_units
from putar.language.model import Model, Variable

__all__ = ["SOURCED", "facts_used", "find_problems"]

SOURCED = ("reported", "estimated", "claimed")
_RANK = {"error": 0, "warning": 1, "note": 2}


def find_problems(flywheel: Flywheel) -> tuple[Problem, ...]:
    """Return all problems, errors first, each kind in the model's order."""
    found = [*check(flywheel.model)]
    whole = not any(problem.severity == "error" for problem in found)
    found += _units(flywheel.model)
    if whole:
        found += flywheel.model.notes
        found += _loops(flywheel) if flywheel.model.variables else ()
    found += flywheel.problems
    if flywheel.facts:
        found += _sources(flywheel)
    if not flywheel.path.is_dir():
        found += _constants(flywheel.model)
    if not any(problem.severity == "error" for problem in found):
        found += claim_problems(flywheel)
        found += telling_problems(flywheel, read_story(flywheel))
        found += _unused(flywheel)
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: _RANK[problem.severity]))


def _units(model: Model) -> Iterator[Problem]:
    """Yield what is wrong with units; in models that other tools made it is only a warning."""
    for problem in check_units(model):
        error = problem.severity == "error"
        yield replace(problem, severity="warning") if error and model.origin else problem


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


def _unused(flywheel: Flywheel) -> Iterator[Problem]:
    """Yield a note for each fact that nothing rests on and no mark explains, or that is marked and used."""
    used = facts_used(flywheel)
    for name, fact in flywheel.facts.items():
        if fact_key(name) in used and fact.context:
            what = f"the fact {name} is marked as context, and something rests on it"
            yield Problem("note", "source", fact.where, what, "remove the mark from its note")
        if fact_key(name) not in used and not fact.context:
            what = f"nothing rests on the fact {name}"
            fix = "cite it, remove it, or write 'context: what it is here for' in its note"
            yield Problem("note", "source", fact.where, what, fix)


def facts_used(flywheel: Flywheel) -> set[str]:
    """Return the keys of all facts that constants, curves, series, links, rivals or claims name."""
    found: list[str] = [row.fact for rows in flywheel.series.values() for row in rows]
    for variable in flywheel.model.variables:
        found += variable.facts
        found += [fact for _, parameter in flywheel.model.parameters(variable) for fact in parameter.facts]
    for link in flywheel.links:
        found += link.facts
    for capability in () if flywheel.rivalry is None else flywheel.rivalry.capabilities:
        found += capability.facts
    for claim in read_story(flywheel).claims:
        found += claim.facts
        found += [fact for given in claim.given.values() for fact in given.facts]
        parts: tuple[Check | Figure, ...] = (*claim.checks, *claim.figures)
        found += [s.owner for part in parts for s in part.sources.values() if s.kind == "fact"]
    return {fact_key(name) for name in found}


def _constants(model: Model) -> Iterator[Problem]:
    """Yield what is doubtful about the constants of a single file; those of a folder are read strictly."""
    for variable in model.variables:
        for name, parameter in model.parameters(variable):
            where = parameter.where
            low, high = ("?" if end is None else f"{end:g}" for end in (parameter.low, parameter.high))
            if parameter.status in SOURCED and not parameter.facts:
                fix = "name the facts it rests on, or call it assumed and give a reason"
                what = f"{name} is {parameter.status} but names no fact"
                yield Problem("warning", "source", where, what, fix)
            for value in (parameter.value, parameter.fitted):
                if value is not None and not parameter.holds(value):
                    what = f"{name} = {value:g} is outside its range {low} to {high}"
                    fix = "widen the range, or say why in the reason"
                    yield Problem("warning", "range", where, what, fix)


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
