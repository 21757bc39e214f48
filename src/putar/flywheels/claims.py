"""Every claim of a story, judged: formulas over facts, runs and series become verdicts with reasons.

The runs that the checks name are made once each, at the central values and, with members, with common
draws, so that two runs differ only in what was changed. Nothing is remembered: when a fact, a parameter
or an equation changes, so does the verdict. How a verdict comes about is in `claim_verdict`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.errors import ModelErrors, Problem, UsageError, nearest
from putar.flywheels.claim_evidence import Asked, Evidence
from putar.flywheels.claim_formula import Path, Value, evaluate
from putar.flywheels.claim_verdict import LADDER, Judgement, Series, Uncertain, judge_members, judge_numbers
from putar.flywheels.folder import Flywheel
from putar.flywheels.story import (
    PLACEHOLDER,
    Check,
    Claim,
    Figure,
    base_factor,
    read_story,
    rival_unit,
)
from putar.language.units import parse_unit
from putar.words.amounts import localized
from putar.words.catalogue import SOURCE
from putar.words.said import First, Number, Said, Term, Words

__all__ = ["MEMBERS", "Asked", "CheckFinding", "Finding", "check_claims", "claim_problems"]

MEMBERS = 200  # draws of each run where the caller does not say
_SIDE = {"holds": 1, "likely": 1, "refuted": -1, "unlikely": -1, "undetermined": 0}
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One check with what was computed, in the check's unit; `critical` is in `decided_by`'s own unit."""

    check: Check
    verdict: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: float | tuple[float | None, ...] | None = None
    probability: float | None = None
    certain: bool = False
    decided_by: str | None = None
    critical: float | None = None
    critical_unit: str | None = None
    facts: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()
    caveats: tuple[Said, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the check's part of `putar claims --json`."""
        bound = list(self.bound) if isinstance(self.bound, tuple) else self.bound
        return {
            "id": self.check.id,
            "says": self.check.says,
            "kind": self.check.kind,
            "formula": self.check.formula or None,
            "comparator": self.check.comparator or None,
            "bound": bound,
            "unit": self.check.unit,
            "computed": {"value": self.value, "low": self.low, "high": self.high},
            "verdict": self.verdict,
            "certain": self.certain,
            "probability": self.probability,
            "decided_by": self.decided_by,
            "critical": self.critical,
            "critical_unit": self.critical_unit,
            "facts": list(self.facts),
            "notes": [*self.notes, *self.caveats],
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with its verdict, the reasons in words, and its checks."""

    claim: Claim
    verdict: str
    why: str
    facts: tuple[str, ...]
    checks: tuple[CheckFinding, ...]

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.claim.id

    def as_json(self) -> dict[str, object]:
        """Return the claim's row of `putar claims --json`."""
        return {
            "id": self.claim.id,
            "says": self.claim.says,
            "quote": self.claim.quote,
            "verdict": self.verdict,
            "why": self.why,
            "facts": list(self.facts),
            "checks": [check.as_json() for check in self.checks],
        }


def check_claims(
    flywheel: Flywheel,
    members: int | None = None,
    seed: int = 0,
    only: Sequence[str] = (),
    asked: Asked | None = None,
) -> tuple[Finding, ...]:
    """Return every claim of a flywheel's story with its verdict.

    Parameters
    ----------
    asked : the scenario, settings and cuts that are laid under every run and game; claims about facts
        alone do not feel them
    members : draws of each run; None for a default number, 0 for single runs without probabilities
    seed : of all draws
    only : ids of the claims that are wanted; all, where empty

    Raises
    ------
    ModelErrors
        If claims.toml has errors, with all of them.
    UsageError
        If an id is unknown, with the nearest.
    """
    story = read_story(flywheel)
    errors = tuple(problem for problem in story.problems if problem.severity == "error")
    if errors:
        raise ModelErrors(errors)
    known = [claim.id for claim in story.claims]
    for name in only:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(
                f"unknown claim {name!r}", f"did you mean {near!r}?" if near else ", ".join(known)
            )
    wanted = [claim for claim in story.claims if not only or claim.id in only]
    evidence = Evidence(flywheel, story, wanted, MEMBERS if members is None else members, seed, asked)
    return tuple(_finding(claim, evidence) for claim in wanted)


def claim_problems(flywheel: Flywheel) -> tuple[Problem, ...]:
    """Return what is wrong with a flywheel's story: errors, and ill-posed checks as warnings."""
    return read_story(flywheel).problems


# judging --------------------------------------------------------------------------------------


def _finding(claim: Claim, evidence: Evidence) -> Finding:
    checks = tuple(_judged(check, claim, evidence) for check in claim.checks)
    figures = {figure.id: _shown(figure, claim, evidence) for figure in claim.figures}
    cited = [*claim.facts, *(fact for check in checks for fact in check.facts)]
    parts: tuple[Check | Figure, ...] = (*claim.checks, *claim.figures)
    cited += [source.owner for part in parts for source in part.sources.values() if source.kind == "fact"]
    why = _why(claim, checks, figures)
    return Finding(claim, _verdict(checks), why, tuple(dict.fromkeys(cited)), checks)


def _verdict(checks: Sequence[CheckFinding]) -> str:
    """Return the checks' verdict: the weakest where all lie on one side, else mixed."""
    words = [check.verdict for check in checks]
    if len(set(words)) == 1:
        return words[0]
    if not all(word in _SIDE for word in words) or len({_SIDE[word] for word in words}) > 1:
        return "mixed"
    return min(words, key=lambda word: abs(LADDER.index(word) - 2))


def _judged(check: Check, claim: Claim, evidence: Evidence) -> CheckFinding:
    if check.comparison is None:
        if check.ill_posed:
            return CheckFinding(check, "ill-posed", caveats=(Said("judged.ill_posed", what=check.ill_posed),))
        return CheckFinding(check, "untestable", caveats=(Said("judged.untestable", what=check.needs),))
    if check.kind == "model":
        central = evidence.values(check, claim, 0)
        drawn = parameters = None
        draws = evidence.draws(check)
        if draws:
            drawn = evidence.values(check, claim, draws)
            parameters = {name: values[:draws] for name, values in evidence.parameters.items()}
        judged = judge_members(check.comparison, central, drawn, parameters)
    else:
        judged = _of_numbers(check, claim, evidence)
    return _in_unit(check, claim, judged, evidence)


def _of_numbers(check: Check, claim: Claim, evidence: Evidence) -> Judgement:
    assert check.comparison is not None
    inputs: dict[str, Uncertain] = {}
    fixed: dict[str, float] = {}
    series: dict[str, Series] = {}
    for key, source in check.sources.items():
        if source.kind == "series":
            times, parts = evidence.series(source.owner)
            inputs |= parts
            series[key] = (times, tuple(parts))
        elif source.kind == "given" and claim.given[source.owner].definition:
            fixed[key] = claim.given[source.owner].number.value
        else:
            inputs[key] = evidence.number(source, claim)
    return judge_numbers(check.comparison, inputs, fixed, series, seed=evidence.seed)


def _in_unit(check: Check, claim: Claim, judged: Judgement, evidence: Evidence) -> CheckFinding:
    """Return a judgement in the check's unit, with the names that people know its inputs by."""
    assert check.comparison is not None
    central = evidence.values(check, claim, 0)
    bounds = [
        float(np.ravel(_plain(evaluate(b, central)))[0]) / check.factor for b in check.comparison.bounds
    ]
    value, low, high = (_digits(v, check.factor, 12) for v in (judged.value, judged.low, judged.high))
    facts = [source.owner for source in check.sources.values() if source.kind == "fact"]
    decided, unit = _decider(judged.decided_by, check, claim, evidence)
    dated = check.unit == "date" and unit == evidence.flywheel.model.time.unit
    critical = None
    if judged.critical is not None and unit is not None:
        factor = 1.0 if check.kind == "model" else base_factor(parse_unit(unit, evidence.flywheel.units))
        critical = _digits(judged.critical, factor, 6)
    return CheckFinding(
        check,
        judged.verdict,
        value,
        low,
        high,
        tuple(bounds) if len(bounds) > 1 else bounds[0],
        judged.probability,
        judged.certain,
        decided,
        critical,
        None if critical is None else "date" if dated else unit,
        tuple(facts),
        judged.notes,
        tuple(_named(caveat, check) for caveat in judged.caveats),
    )


def _decider(
    key: str | None, check: Check, claim: Claim, evidence: Evidence
) -> tuple[str | None, str | None]:
    """Return the name that people know a deciding input by, and its unit."""
    flywheel = evidence.flywheel
    if key is None:
        return None, None
    if check.kind == "model":
        return key, flywheel.model[key.partition("[")[0]].unit
    source = check.sources.get(key)
    if source is None:  # one observation of a series
        name, _, fact = key.partition(":")
        return fact, flywheel.series[name][0].unit
    if source.kind == "given":
        return key, claim.given[source.owner].unit.text()
    if source.kind == "moat":
        return key, rival_unit(flywheel, source.what)
    unit = flywheel.facts[source.owner].unit
    name = f"{source.owner}.{source.what}" if source.what else source.owner
    return name, flywheel.model.time.unit if unit == "date" else unit


def _named(text: Said, check: Check) -> Said:
    """Return a sentence with facts by the names they have in their file."""
    owners = {key: source.owner for key, source in check.sources.items() if source.kind == "fact"}
    return text.renamed(lambda name: owners.get(name, name))


def _digits(value: float | None, factor: float, digits: int) -> float | None:
    """Return a value in a unit, without the last digits that conversions leave behind; None for no number."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value / factor:.{digits}g}")


def _plain(value: Value) -> Array:
    assert not isinstance(value, Path)
    return value


# reasons --------------------------------------------------------------------------------------


def _shown(figure: Figure, claim: Claim, evidence: Evidence) -> tuple[float, str]:
    value = evaluate(figure.expr, evidence.values(figure, claim, 0))
    return float(np.ravel(_plain(value))[0]) / figure.factor, figure.unit


def _why(claim: Claim, checks: Sequence[CheckFinding], figures: Mapping[str, tuple[float, str]]) -> Said:
    """Return the reasons with their numbers filled in, and what the verdicts rest on."""
    by_id = {check.check.id: check for check in checks}

    def shown(name: str, what: str) -> object:
        if name in figures:
            value: float | None = figures[name][0]
            unit = figures[name][1]
        else:
            check = by_id[name]
            value, unit = check.value, check.check.unit
            if what == "verdict":
                return Term(f"verdict.{check.verdict}", check.verdict)
            if what == "probability":
                chance = check.probability
                return Said("judged.not_drawn") if chance is None else Number(chance, ".2f")
        return Shown(value, "" if what == "number" and unit != "date" else unit)

    places = {match[0][1:-1]: shown(match[1], match[2] or "") for match in PLACEHOLDER.finditer(claim.why)}
    sentences = [Said.of_flywheel(claim.why.strip(), places)] if claim.why.strip() else []
    for check in checks:
        if check.caveats:
            caveats = Said.joined(check.caveats, "; ")
            which = First(check.check.says or check.check.id)
            sentences.append(Said("judged.caveats", check=which, caveats=caveats))
    numbers = [check for check in checks if check.check.kind != "model" and check.verdict in _SIDE]
    settled = [check.check.id for check in numbers if check.certain]
    if len(settled) == len(checks) and settled:
        sentences.append(Said("judged.certain"))
    elif settled:
        sentences.append(Said("judged.certain_for", checks=", ".join(settled)))
    return Said.joined(sentences)


@dataclass(frozen=True, slots=True)
class Shown:
    """A number in a reason, as a person reads it."""

    value: float | None
    unit: str

    def told(self, words: Words) -> str:
        """Return the number as a language writes it; its unit in words where the language is not English."""
        if self.value is None or not math.isfinite(self.value):
            return words.say("judged.nothing")
        if self.unit == "date":
            return words.formatted(self.value, ".1f")
        if words.language == SOURCE:
            return amount(self.value, self.unit)
        number = localized(amount(self.value, "").replace("−", "-"), words.language)
        return f"{number}%" if self.unit == "percent" else words.placed(number, self.unit)


def amount(value: float | None, unit: str) -> str:
    """Return a number as a person reads it, three digits and its unit; a date to a tenth of a year."""
    if value is None or not math.isfinite(value):
        return "no number"
    if unit == "date":
        return f"{value:.1f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{min(digits, 6)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text in ("-0", "") else text.replace("-", "−")
    sign = {"percent": "%", "dmnl": "", "1": "", "": ""}.get(unit)
    if sign is not None:
        return f"{text}{sign}"
    return f"{text} {unit}"
