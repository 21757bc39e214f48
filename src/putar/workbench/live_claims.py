"""A story's claims as data that a page can judge anew: formulas as trees, what they read, the runs they need.

Checks of facts alone do not feel what a run changes; they carry the verdict that Python found. Checks of the
model carry their comparison; `static/judge.js` evaluates it by the rules of `flywheels.claim_formula` and
`flywheels.claim_verdict`.
"""

from __future__ import annotations

from collections.abc import Sequence

from putar.flywheels.claim_evidence import Evidence
from putar.flywheels.claim_formula import reference
from putar.flywheels.claims import Finding
from putar.flywheels.folder import Flywheel
from putar.flywheels.scenarios import BASE
from putar.flywheels.story import Check, Claim, Source, Story, read_story
from putar.language.expr import Binary, Call, Expr, If, Name, Number, Unary
from putar.runs.design import step_of

__all__ = ["claim_rows", "needed_runs", "tree"]

Tree = list[object]


def claim_rows(flywheel: Flywheel, findings: Sequence[Finding]) -> dict[str, object]:
    """Return the claims that a run was judged by, and the games that their checks ask for.

    Returns
    -------
    `claims`, each with its `checks`; `games` by name, each an output at a date with links cut from another
    """
    claims = [finding.claim for finding in findings]
    story = read_story(flywheel)
    evidence = Evidence(flywheel, story, claims, 0, 0)
    rows = []
    for finding in findings:
        checks = [
            {
                "id": found.check.id,
                "verdict": found.verdict,
                "test": _test(found.check, finding.claim, evidence) if found.check.kind == "model" else None,
            }
            for found in finding.checks
        ]
        rows.append({"id": finding.claim.id, "checks": checks})
    asked = _owners(findings, "game")
    games = {
        name: {"output": game.output, "at": game.at, "cut_from": game.cut_from}
        for name, game in (story.games or {}).items()
        if name in asked
    }
    return {"claims": rows, "games": games}


def needed_runs(story: Story, findings: Sequence[Finding]) -> list[str]:
    """Return the runs that checks read, besides the base run."""
    return [name for name in _owners(findings, "run") if name != BASE and name in (story.runs or {})]


def _owners(findings: Sequence[Finding], kind: str) -> list[str]:
    """Return the runs, or games, that checks of the model read, in their order."""
    checks = [check for finding in findings for check in finding.claim.checks if check.kind == "model"]
    sources = [source for check in checks for source in check.sources.values()]
    return list(dict.fromkeys(source.owner for source in sources if source.kind == kind))


def tree(expr: Expr) -> Tree:
    """Return a formula as nested lists: what is done, then with what.

    Examples
    --------
    >>> from putar.language.parse import parse
    >>> tree(parse("AT(base.x, 2026) / 2"))
    ['/', ['AT', ['of', 'base.x'], ['is', 2026.0]], ['is', 2.0]]
    """
    match expr:
        case Number(value=value):
            return ["is", value]
        case Name():
            return ["of", reference(expr)]
        case Unary(op=op, operand=operand):
            return [f"{op} ", tree(operand)]
        case Binary(op=op, left=left, right=right):
            return [op, tree(left), tree(right)]
        case If(condition=condition, then=then, otherwise=otherwise):
            return ["IF", tree(condition), tree(then), tree(otherwise)]
        case Call(function=function, args=args):
            return [function, *map(tree, args)]


def _test(check: Check, claim: Claim, evidence: Evidence) -> dict[str, object] | None:
    comparison = check.comparison
    if comparison is None:
        return None
    return {
        "formula": tree(comparison.formula),
        "comparator": comparison.comparator,
        "bounds": [tree(bound) for bound in comparison.bounds],
        "tolerance": comparison.tolerance,
        "factor": check.factor,
        **_read(check, claim, evidence),
    }


def _read(check: Check, claim: Claim, evidence: Evidence) -> dict[str, object]:
    """Return what a check reads: its sources by key, and the steps of its runs as spans."""
    sources = {key: _source(source, claim, evidence) for key, source in check.sources.items()}
    program = evidence.flywheel.program
    spans: list[list[int]] = []
    for date in evidence.grid[sorted(evidence.rows(check))].tolist():
        step = step_of(program, date)
        if spans and step == spans[-1][1] + 1:
            spans[-1][1] = step
        else:
            spans.append([step, step])
    return {"sources": sources, "spans": spans}


def _source(source: Source, claim: Claim, evidence: Evidence) -> dict[str, object]:
    match source.kind:
        case "run":
            return {"run": source.owner, "output": source.what, "factor": evidence.factor(source.what)}
        case "game":
            output = (evidence.story.games or {})[source.owner].output
            return {"game": source.owner, "what": source.what, "factor": evidence.factor(output)}
        case "series":
            times, parts = evidence.series(source.owner)
            return {"times": times.tolist(), "values": [number.value for number in parts.values()]}
        case _:
            number = evidence.number(source, claim)
            if number.family == "exact":
                return {"value": number.value}
            return {
                "value": number.value,
                "low": number.low,
                "high": number.high,
                "family": number.family,
            }
