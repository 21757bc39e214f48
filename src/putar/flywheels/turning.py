"""The verdict on a flywheel: does it turn by itself, with the numbers the sentence is made of.

Two runs beside the base run: one gets a push, one loses its outside links. `analysis.spin` reads
them. Beside them stand the exact growth rate of a push on the whole wheel and the loop that leads, both
of `feedback`; a model that declares no outside links is judged by these alone. The sentence is made from
the numbers; no part of it is written down anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from putar.analysis.margin import CUT
from putar.analysis.naming import label
from putar.analysis.spin import KEPT, Turning, growth_rate, turning
from putar.analysis.wheel import Wheel
from putar.flywheels.feedback import Feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import SelfTurning
from putar.flywheels.scenarios import RunSpec, combined
from putar.flywheels.simulate import simulate
from putar.language.amounts import amount, date_text, in_sentence, number_text, time_unit, when
from putar.runs.design import Change, around
from putar.runs.ensemble import Ensemble

__all__ = ["Verdict", "find_verdict"]

CLOSED = (
    "No, nothing here closes: no variable acts on itself by way of others, so nothing can turn by itself."
)
RESTING = "Open, the model is at rest: nothing moves, so no loop acts."
WORDS = {True: "Yes, it turns by itself", False: "No, it is pushed", None: "Open, the two tests differ"}
OPEN = "Open, the two tests agree but the growth of a push does not"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the wheel turns by itself, in one sentence, and what that rests on."""

    spins: bool | None
    sentence: str
    rate: float | None
    rests_on: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the contract's `verdict`."""
        return {
            "spins": self.spins,
            "sentence": self.sentence,
            "rate": self.rate,
            "rests_on": list(self.rests_on),
        }


def find_verdict(
    flywheel: Flywheel, spec: RunSpec, base: Ensemble, feedback: Feedback | None = None
) -> Verdict:
    """Return the verdict for a specification, of which `base` is the single run with every row.

    Parameters
    ----------
    feedback : the loops and rates of the same specification; without them the two runs decide alone
    """
    asked = flywheel.self_turning
    wheel = None if feedback is None else feedback.wheel
    if not base.finished[0]:
        why = base.failures[0].why if base.failures else "a value is not finite"
        return Verdict(None, f"Open, the run failed: {why}.", None, ())
    if asked is None:
        return _by_rates(flywheel, feedback, wheel)
    single = replace(spec, members=0)
    at = base.times[-1] if asked.at is None else asked.at
    cut_from = flywheel.model.time.start if asked.cut_from is None else asked.cut_from
    without = combined(single, RunSpec(cuts=dict.fromkeys(asked.outside_links, cut_from)))
    cut = simulate(flywheel, without, save=(asked.output,), save_at=around(flywheel.program, (at,)))
    shocked = combined(single, RunSpec((Change(asked.shock),)))
    pushed = simulate(flywheel, shocked, save=(asked.variable,))
    shown = (asked.shock_date or cut_from) + flywheel.model.time.step
    dates = [shown, *(shown + years for years in asked.after)]
    now = flywheel.now if flywheel.now is not None else flywheel.model.time.stop
    found = turning(
        base.at(asked.variable, dates),
        pushed.at(asked.variable, dates),
        cut.at(asked.output, at),
        base.at(asked.output, at),
        growth_rate(base.times, base.series(asked.output)[:, 0], now),
    )
    whole, left = float(base.at(asked.output, at)[0]), float(cut.at(asked.output, at)[0])
    spins = found.spins
    if wheel is not None and spins is not None and wheel.spins != spins:
        spins = None
    sentence = _sentence(flywheel, asked, found, whole, left, at, cut_from)
    grounds = _grounds(flywheel, asked, cut_from, at)
    if wheel is not None and feedback is not None:
        words = OPEN if spins is None and found.spins is not None else WORDS[spins]
        sentence = sentence.replace(WORDS[found.spins], words, 1)
        grounds += (f"growth: {_rates(flywheel, feedback, wheel)}", _levels(flywheel, wheel))
        grounds += _rate_grounds(flywheel, feedback, wheel)
    return Verdict(spins, sentence, found.rate, grounds)


def _by_rates(flywheel: Flywheel, feedback: Feedback | None, wheel: Wheel | None) -> Verdict:
    """Return the verdict of a model that declares no test: from the growth of a push in its loops."""
    if feedback is None:
        return Verdict(None, "Open, the loops of this run were not looked at.", None, ())
    if wheel is None:
        links = len(feedback.finding.graph.links)
        return Verdict(False, CLOSED, None, (f"loops: none in the {links} links of the model",))
    grounds = (_levels(flywheel, wheel), *_rate_grounds(flywheel, feedback, wheel))
    if feedback.finding.resting:
        return Verdict(None, RESTING, None, grounds)
    swings = wheel.rate > wheel.neutral and not wheel.real
    no = "No, it swings rather than turning by itself" if swings else "No, it does not turn by itself"
    word = "Yes, it turns by itself" if wheel.spins else no
    sentence = f"{word}: {_rates(flywheel, feedback, wheel)}."
    return Verdict(wheel.spins, sentence, wheel.rate, grounds)


def _rates(flywheel: Flywheel, feedback: Feedback, wheel: Wheel) -> str:
    """Return what the rates say, and what a link may lose."""
    unit = flywheel.model.time.unit
    hidden = feedback.finding.graph.hidden
    text = f"{_span(flywheel, wheel)} a push on the whole wheel {_moves(wheel, unit)}"
    against = [label(name) for name in wheel.against if name not in hidden][:2]
    if wheel.spins and against:
        text += f", {' and '.join(against)} the other way"
    alone = [label(one.name) for one in wheel.alone if one.rate > 0.01 * abs(wheel.rate) + 1e-9]
    if alone:
        moves = "which moves by itself alone" if len(alone) == 1 else "each of which moves by itself alone"
        text += f" (without {' and '.join(alone)}, {moves})"
    fragile, needed = wheel.fragile, wheel.uniform.required
    if wheel.spins and fragile is not None:
        margin = fragile.margin.value or 0.0
        may = (
            f"may weaken by {100 * margin:.0f} %"
            if margin < 1.0 - CUT
            else "would have to be cut to stall it"
        )
        text += f"; its most fragile link, {label(fragile.source)} to {label(fragile.target)}, {may}"
    elif wheel.rate < -wheel.neutral and needed is not None and needed < 100.0:
        text += f"; its links would have to be {needed:.3g} times as strong"
    if feedback.wheel_spread is not None:
        text += f"; it turns in {feedback.wheel_spread.spins:.0%} of {feedback.wheel_spread.members} draws"
    return text


def _moves(wheel: Wheel, unit: str) -> str:
    """Return what becomes of a push: grows by so much a year, fades, stays, or swings."""
    if not np.isfinite(wheel.rate):
        return "is gone at once"
    if abs(wheel.rate) <= wheel.neutral:
        return "neither grows nor fades" if wheel.real else "swings and neither grows nor fades"
    move = "grows" if wheel.rate > 0.0 else "fades"
    by = f"{move} by {_percent(wheel.rate)} a {time_unit(unit)}"
    return by if wheel.real else f"swings to and fro and {by}"


def _levels(flywheel: Flywheel, wheel: Wheel) -> str:
    """Return how the stocks themselves grew, which is not how a push does."""
    if wheel.level is None:
        return "levels: not all stocks that carry the wheel are above zero, so they have no rate of growth"
    moved = "grew" if wheel.level >= 0.0 else "shrank"
    by = f"{moved} by {_percent(wheel.level)} a {time_unit(flywheel.model.time.unit)}"
    return f"levels: {_span(flywheel, wheel)} the stocks that carry the wheel {by}, pushed or not"


def _span(flywheel: Flywheel, wheel: Wheel) -> str:
    unit = flywheel.model.time.unit
    return f"from {date_text(wheel.start, unit)} to {date_text(wheel.stop, unit)}"


def _percent(rate: float) -> str:
    size = 100 * abs(rate)
    return f"{size:.0f} %" if size >= 10 else f"{size:.2g} %"


def _leader(feedback: Feedback) -> str:
    """Return which loop leads when the window ends, and how surely."""
    wheel, finding = feedback.wheel, feedback.finding
    if wheel is None or not finding.main or not len(feedback.times):
        return ""
    row = int(np.abs(feedback.times - wheel.stop).argmin())
    place = int(feedback.lead_probability[row].argmax())
    chance = float(feedback.lead_probability[row, place])
    if chance == 0.0:
        return ""
    loop = finding.main[place]
    name = loop.name if loop.id.startswith("loop-") else f"{loop.id}, {in_sentence(loop.name)}"
    share = abs(float(loop.share[feedback.rows[row]]))
    sure = f" in {chance:.0%} of the draws" if feedback.spread is not None else ""
    return f"; then the loop that leads{sure} is {name} ({loop.polarity}, {share:.0%} of what happens)"


def _rate_grounds(flywheel: Flywheel, feedback: Feedback, wheel: Wheel) -> tuple[str, ...]:
    finding = feedback.finding
    count = f"{finding.found} loops" if finding.exact else f"a sample of {finding.found} loops"
    lags = f"{len(wheel.stocks)} stocks {_span(flywheel, wheel)}"
    grown = f"rates: the exact growth of a push on {lags} must be above zero, and not swing"
    kept = f"those listed carry {finding.explained_share:.0%} of the behaviour"
    return (
        f"{grown}; the run itself is held as it was",
        f"loops: {count} scored on every step, {kept}{_leader(feedback)}",
    )


def _sentence(
    flywheel: Flywheel,
    asked: SelfTurning,
    found: Turning,
    whole: float,
    left: float,
    at: float,
    cut_from: float,
) -> str:
    pushed, output = flywheel.model[asked.variable.partition("[")[0]], asked.output.partition("[")[0]
    gaps = [100.0 * float(gap) for gap in found.gaps[:, 0]]
    after = [f"{gap:.1f} % after {_years(years)}" for gap, years in zip(gaps[1:3], asked.after, strict=False)]
    moved = "is down to" if gaps[-1] < gaps[0] else "has become"
    titles = {form.id: in_sentence(form.title) for form in flywheel.links}
    outside = " and ".join(titles[link] for link in asked.outside_links)
    unit, label = flywheel.model[output].unit, flywheel.model[output].label
    clock = flywheel.model.time.unit
    start = when(cut_from if asked.shock_date is None else asked.shock_date, clock)
    return (
        f"{WORDS[found.spins]}: an extra {gaps[0]:.0f} % of {pushed.label} {start} {moved} "
        f"{' and '.join(after)}, and without {outside} from {date_text(cut_from, clock)} on the {label} "
        f"{when(at, clock)} would be {amount(left, unit)} instead of {number_text(whole)}."
    )


def _years(years: float) -> str:
    words = {1.0: "one year", 2.0: "two", 3.0: "three", 4.0: "four", 5.0: "five"}
    return words.get(years, f"{years:g} years")


def _grounds(flywheel: Flywheel, asked: SelfTurning, cut_from: float, at: float) -> tuple[str, ...]:
    titles = {form.id: in_sentence(form.title) for form in flywheel.links}
    outside = " and ".join(titles[link] for link in asked.outside_links)
    years = ", ".join(f"{years:g}" for years in asked.after)
    pushed, output = flywheel.model[asked.variable.partition("[")[0]], asked.output.partition("[")[0]
    push = f"a push: the gap it leaves in {pushed.label} after {years} {flywheel.model.time.unit}s"
    clock = flywheel.model.time.unit
    cut = f"a cut: with {outside} at arm's length from {date_text(cut_from, clock)}"
    keeps = f"the {flywheel.model[output].label} {when(at, clock)} must keep at least {100 * KEPT:.0f} %"
    return (f"{push} must not fade in a wheel that turns by itself", f"{cut}, {keeps}")
