"""The answer to `putar run`: one run, questioned, as one document that page, terminal and JSON share.

Every number here comes from a run, a fact or a finding; this module only asks, in one order, and
puts the answers side by side. `contract` is the stable part that `--json` prints; `payload` adds
what the page shows besides.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

from putar.flywheels.claims import Asked, Finding, check_claims
from putar.flywheels.feedback import Feedback, find_feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.indicators import with_headlines
from putar.flywheels.links import LinkFinding, find_links, protocols_of
from putar.flywheels.moat import MoatFinding, find_moat
from putar.flywheels.scenarios import BASE, RunSpec, Scenario
from putar.flywheels.simulate import simulate
from putar.flywheels.tables import TableFinding, find_table
from putar.flywheels.turning import Verdict, find_verdict
from putar.flywheels.worth import Worth, find_worth
from putar.runs.design import around
from putar.runs.ensemble import Ensemble
from putar.runs.memory import require_memory
from putar.workbench.checksum import shown_dates
from putar.workbench.choices import choice_rows
from putar.workbench.document import (
    about_rows,
    binding_spans,
    changed_rows,
    engine_row,
    headline_rows,
    parameter_rows,
    scenario_series,
    subsystem_rows,
    time_row,
    warning_rows,
)
from putar.workbench.live import SHOWN_LOOPS, live_row
from putar.workbench.spoken import spoken

__all__ = ["Answer", "answer"]

SCENARIOS = "scenarios"  # the table that the page shows beside the scenarios' curves


@dataclass(frozen=True)
class Answer:
    """A flywheel's run and what was found in it."""

    flywheel: Flywheel
    scenario: Scenario
    spec: RunSpec
    base: Ensemble
    band: Ensemble | None
    links: tuple[LinkFinding, ...]
    claims: tuple[Finding, ...]
    verdict: Verdict
    tables: tuple[TableFinding, ...]
    others: Mapping[str, Ensemble]
    feedback: Feedback | None
    seconds: float
    files: tuple[str, ...] = ()
    moat: MoatFinding | None = None
    worth: Worth | None = None

    def with_files(self, files: tuple[str, ...]) -> Answer:
        """Return the same answer, with the files that were written; what is computed is kept."""
        other = replace(self, files=files)
        for document in {"contract", "payload"} & vars(self).keys():
            vars(other)[document] = {**vars(self)[document], "files": list(files)}
        return other

    @cached_property
    def contract(self) -> dict[str, object]:
        """The document of `putar run --json`."""
        return {
            "model": self.flywheel.name,
            "scenario": self.scenario.name,
            "engine": engine_row(self.flywheel, self.spec, self.base),
            "time": time_row(self.flywheel),
            "headline": headline_rows(self.flywheel, self.base, self.band),
            "verdict": self.verdict.as_json(),
            "links": self.links[0].as_json()["links"] if self.links else [],
            "loops": [] if self.feedback is None else self.feedback.loop_rows(SHOWN_LOOPS),
            "claims": [claim.as_json() for claim in self.claims],
            "warnings": warning_rows(self.flywheel, self.base, self.spec),
            "files": list(self.files),
            "seconds": self.seconds,
        }

    @cached_property
    def payload(self) -> dict[str, object]:
        """The document that the page shows: the contract, and what it rests on."""
        flywheel, shared = self.flywheel, self.contract
        scenarios = next((t for t in self.tables if t.table.name == SCENARIOS), None)
        document: dict[str, object] = {
            **shared,
            "model": {
                "name": flywheel.name,
                "title": flywheel.title,
                "question": flywheel.question,
                "hash": flywheel.program.digest[:16],
                "about": about_rows(flywheel),
                "subsystems": subsystem_rows(flywheel),
            },
            "scenario": {
                "name": self.scenario.name,
                "title": self.scenario.title,
                "changed": changed_rows(flywheel, self.scenario, self.spec),
            },
            "links": {"outputs": [finding.as_json() for finding in self.links]},
            **({} if self.feedback is None else self.feedback.page()),
            "binds": binding_spans(flywheel, self.base),
            "moat": None if self.moat is None else self.moat.as_json(),
            "scenarios": {
                "columns": [] if scenarios is None else scenarios.column_rows(),
                "rows": [] if scenarios is None else scenarios.named_rows(),
                "series": scenario_series(flywheel, self.others),
            },
            "tables": [t.as_json()["table"] for t in self.tables if t.table.page],
            "brief": [t.as_json()["table"] for t in self.tables if t.table.brief],
            "value": None if self.worth is None else self.worth.as_json(),
            "told": [] if self.feedback is None else self.feedback.told_rows(),
            "parameters": parameter_rows(flywheel, self.spec),
            "choices": choice_rows(flywheel, replace(self.spec, members=0), self.base),
            "facts": {name: fact.row() for name, fact in flywheel.facts.items()},
            "unknowns": list(flywheel.about.limits),
            "live": live_row(
                flywheel,
                replace(self.spec, members=0),
                self.base,
                self.scenario.name,
                self.claims,
                self.feedback,
            ),
        }
        return {**document, "texts": spoken(document, flywheel)}


def answer(flywheel: Flywheel, scenario: Scenario, spec: RunSpec, besides: RunSpec, began: float) -> Answer:
    """Return everything a run says.

    Parameters
    ----------
    besides : what was asked for without the scenario, for the tables whose rows are scenarios
    began : when the asking started, for the seconds
    """
    flywheel = with_headlines(flywheel)
    single = replace(spec, members=0)
    if flywheel.links and flywheel.protocols:  # each draw in every combination of links is the most asked
        require_memory(2 * len(flywheel.program.parameters), spec.members << len(flywheel.links))
    base = simulate(flywheel, single)
    shown = tuple(row.variable for row in flywheel.headline)
    band = (
        simulate(flywheel, spec, save=shown, save_at=around(flywheel.program, shown_dates(base).tolist()))
        if spec.members and shown
        else None
    )
    others = {}
    if spec == RunSpec(seed=spec.seed, members=spec.members) and shown:
        for name, other in flywheel.scenarios.items():
            if name != BASE:
                others[name] = simulate(flywheel, other.spec, save=shown)
    links = tuple(
        find_links(flywheel, protocol, single, spec.members, spec.seed)
        for protocol in (
            protocols_of(flywheel, scenario.name) if flywheel.protocols and base.finished[0] else ()
        )
    )
    with ThreadPoolExecutor(1) as beside:  # the kernels leave the interpreter free
        under = Asked(scenario.name, single)
        asked = beside.submit(
            check_claims, flywheel, members=spec.members or None, seed=spec.seed, asked=under
        )
        feedback = find_feedback(flywheel, spec) if base.finished[0] else None
        claims = asked.result()
    verdict = find_verdict(flywheel, spec, base, feedback)
    shown_tables = [
        table for table in flywheel.tables if table.page or table.brief or table.name == SCENARIOS
    ]
    tables = tuple(
        find_table(flywheel, table, besides if table.kind == "scenarios" else single)
        for table in shown_tables
    )
    moat = find_moat(flywheel, links[0]) if links and flywheel.rivalry is not None else None
    worth = find_worth(flywheel, base, _apart(flywheel, links))
    seconds = time.perf_counter() - began
    parts = (flywheel, scenario, spec, base, band, links, claims, verdict, tables, others, feedback)
    return Answer(*parts, seconds, moat=moat, worth=worth)


def _apart(flywheel: Flywheel, links: tuple[LinkFinding, ...]) -> float | None:
    """Return the value with every link at arm's length from "now" on, where the links were asked for it."""
    valued = flywheel.valuation
    if valued is None:
        return None
    at = flywheel.model.time.stop if valued.at is None else valued.at
    wanted = (valued.variable, at, flywheel.now, None)
    asked = ((found, found.protocol) for found in links)
    return next(
        (float(f.point.none) for f, p in asked if (p.output, p.at, p.cut_from, p.scenario) == wanted), None
    )
