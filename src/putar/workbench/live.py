"""What a page needs to run its model: the Program as JavaScript, and the run's wishes as data.

The page runs the same Program under the same changes in the same order as `flywheels.simulate`; nothing here
is a result. `static/machine.js` reads what `live_row` writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from putar.analysis.scored import scored_script
from putar.engine.ir import Program, live_order
from putar.engine.js_kernel import kept_javascript
from putar.flywheels.claims import Finding
from putar.flywheels.feedback import Feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.posterior import read_posterior
from putar.flywheels.scenarios import BASE, RunSpec
from putar.flywheels.story import read_story
from putar.language.model import Parameter
from putar.runs.draws import quantile
from putar.runs.ensemble import Ensemble
from putar.workbench.checksum import checked_outputs, shown_dates
from putar.workbench.live_claims import claim_rows, needed_runs

__all__ = ["LOOPS", "PROGRAM", "SHOWN_LOOPS", "live_row"]

PROGRAM = "program"
"""The name of the function that gives the page's Program."""

LOOPS = "loops"
"""The name of the function that gives the Program of the loops' shares."""

SHOWN_LOOPS = 30  # loops in the answer, the largest first; `putar loops` lists all
MOST_PROGRAM = 3_000_000  # signs of the model's Program, beyond which a page does not run it
MOST_TEXT = 400_000  # signs of the loops' Program that a page is lengthened by


def live_row(
    flywheel: Flywheel,
    spec: RunSpec,
    base: Ensemble,
    scenario: str = BASE,
    findings: Sequence[Finding] = (),
    feedback: Feedback | None = None,
) -> Mapping[str, object] | None:
    """Return what the page needs to run the model, or None where it cannot.

    Parameters
    ----------
    spec : of the run that the page shows
    base : that run at its central values
    scenario : its scenario's name
    findings : the claims that were judged on it
    feedback : the loops that were found in it

    Returns
    -------
    `script`, the text of the function that gives the Program, and `loops` that of its loops' shares;
    `specs`, what each scenario changes, with the shown run under the empty name and `scenario` its
    scenario's; `story`, the claims; `defaults`, values before fitting; `links`; `now`; `drawn`, what
    members draw; `ends`, the 5 and 95 % points of each constant, or the bounds of one that is not drawn,
    and from when they hold; what the checksum looks at, `checked` at `dates`; `order`, places of the
    outputs as they are computed. None if a value is not the same for all members,
    or the model is too large
    """
    story = read_story(flywheel)
    named = story.runs or {}
    needed = {name: named[name].spec for name in (BASE, *needed_runs(story, findings)) if name in named}
    specs = {"": spec, **{name: scenario.spec for name, scenario in flywheel.scenarios.items()}}
    script = kept_javascript(flywheel.program, PROGRAM)
    if len(script) > MOST_PROGRAM or any(
        np.ndim(v)
        for each in (*specs.values(), *needed.values())
        for c in each.changes
        for v in c.values.values()
    ):
        return None
    known = {
        name: p for variable in flywheel.model.variables for name, p in flywheel.model.parameters(variable)
    }
    return {
        "script": script,
        "loops": "" if feedback is None else _loops_script(flywheel, feedback),
        "specs": {name: _spec_row(each) for name, each in specs.items()},
        "scenario": scenario,
        "story": {
            "runs": {name: _spec_row(each) for name, each in needed.items()},
            **claim_rows(flywheel, findings),
        },
        "defaults": {name: p.value for name, p in known.items() if p.fitted is not None},
        "links": [link.id for link in flywheel.model.links],
        "now": flywheel.now,
        "drawn": _drawn_row(flywheel, known),
        "ends": _end_rows(flywheel, known),
        "checked": list(checked_outputs(flywheel)),
        "dates": shown_dates(base).tolist(),
        "order": _order(flywheel.program),
    }


def _loops_script(flywheel: Flywheel, feedback: Feedback) -> str:
    """Return the function that gives the Program of all loops' shares; of those shown if all are too many.

    Every parameter counts as one that may change during the run.
    """
    rows = feedback.rows.tolist()
    every = rows[1] - rows[0] if len(rows) > 1 else 1
    finding = feedback.finding
    for loops in (finding.loops, finding.loops[:SHOWN_LOOPS]):
        text = scored_script(
            flywheel.formulas,
            finding,
            loops,
            LOOPS,
            varying=flywheel.program.parameters,
            save_every=every,
        )
        if len(text) <= MOST_TEXT:
            return text
    return ""


def _spec_row(spec: RunSpec) -> dict[str, object]:
    return {
        "changes": [
            {
                "at": change.at,
                "scale": change.scale,
                "values": {name: float(np.asarray(value)) for name, value in change.values.items()},
            }
            for change in spec.changes
        ],
        "cuts": dict(spec.cuts),
        "vector": spec.vector,
    }


def _drawn_row(flywheel: Flywheel, known: Mapping[str, Parameter]) -> dict[str, object]:
    """Return distributions, the fit's uncertainty as the factor of its covariance, and when draws begin."""
    posterior = read_posterior(flywheel.path)
    fit: dict[str, object] | None = None
    if posterior is not None:
        fit = {
            "names": list(posterior.names),
            "centre": [known[name].fitted for name in posterior.names],
            "factor": np.linalg.cholesky(posterior.covariance).tolist(),
        }
    drawn = {name: p.distribution for name, p in known.items() if p.distribution is not None}
    return {
        "distributions": {name: [d.kind, *d.numbers] for name, d in drawn.items()},
        "fit": fit,
        "from": flywheel.uncertainty_from,
    }


def _end_rows(flywheel: Flywheel, known: Mapping[str, Parameter]) -> dict[str, dict[str, float | None]]:
    posterior = read_posterior(flywheel.path)
    early = () if posterior is None else posterior.names
    levers = {lever.variable: (lever.low, lever.high) for lever in flywheel.levers}
    rows: dict[str, dict[str, float | None]] = {}
    for name, parameter in known.items():
        low, high = levers.get(name, (parameter.low, parameter.high))
        if parameter.distribution is not None and name not in levers:
            low, high = quantile(parameter.distribution, np.array([0.05, 0.95])).tolist()
        if low is not None and high is not None:
            rows[name] = {
                "low": low,
                "high": high,
                "from": None if name in early else flywheel.uncertainty_from,
            }
    return rows


def _order(program: Program) -> list[int]:
    """Return the places of the outputs, each once, in the order in which they are computed."""
    place = {node: k for k, (_, node) in reversed(list(enumerate(program.outputs)))}
    roots = [*(state.next for state in program.states), *(node for _, node in program.outputs)]
    return [place[node] for node in live_order(program.graph, roots) if node in place]
