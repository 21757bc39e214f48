"""The verdict on a flywheel: does it turn by itself, with the numbers the sentence is made of.

Two runs beside the base run: one gets a push, one loses its outside links. `analysis.spin` reads
them. Beside them stand the exact growth rate of a push on the whole wheel and the loop that leads, both
of `feedback`; a model that declares no outside links is judged by these alone. The sentence is made from
the numbers; no part of it is written down anywhere but the words between them, which are the catalogue's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from putar.analysis.margin import CUT
from putar.analysis.naming import label
from putar.analysis.spin import KEPT, Turning, growth_rate, turning
from putar.analysis.wheel import Wheel, Window
from putar.flywheels.feedback import Feedback
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import SelfTurning
from putar.flywheels.scenarios import RunSpec, combined
from putar.flywheels.simulate import simulate
from putar.runs.design import Change, around
from putar.runs.ensemble import Ensemble
from putar.words.said import Amount, Date, Each, Listed, Number, Said, Term, Title, When

__all__ = ["Verdict", "find_verdict"]

SLIGHT = 1e-3  # what a push gains or loses over a part of the run that says nothing
WORDS = {True: "story.yes", False: "story.no", None: "story.open_tests"}


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
        why = base.failures[0].why if base.failures else Said("story.not_finite")
        return Verdict(None, Said("story.failed", why=why), None, ())
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
    differ = spins is None and found.spins is not None
    answer = Said("story.open_growth" if differ else WORDS[spins])
    sentence = _sentence(flywheel, asked, found, answer, whole, left, at, cut_from)
    pushes = base.at(asked.variable, dates)[:, 0]
    grounds = _grounds(flywheel, asked, found, pushes, cut_from, at)
    if wheel is not None and feedback is not None:
        growth = Said("story.growth", rates=_rates(flywheel, feedback, wheel))
        grounds += (growth, _levels(flywheel, wheel), *_rate_grounds(flywheel, feedback, wheel))
    return Verdict(spins, sentence, found.rate, grounds)


def _by_rates(flywheel: Flywheel, feedback: Feedback | None, wheel: Wheel | None) -> Verdict:
    """Return the verdict of a model that declares no test: from the growth of a push in its loops."""
    if feedback is None:
        return Verdict(None, Said("story.unasked"), None, ())
    if feedback.large:
        return Verdict(None, Said("story.large"), None, ())
    if wheel is None:
        links = len(feedback.finding.graph.links)
        return Verdict(False, Said("story.closed"), None, (Said("story.no_loops", links=links),))
    grounds = (_levels(flywheel, wheel), *_rate_grounds(flywheel, feedback, wheel))
    if feedback.finding.resting:
        return Verdict(None, Said("story.resting"), None, grounds)
    swings = wheel.rate > wheel.neutral and not wheel.real
    no = "story.swings_rather" if swings else "story.not_alone"
    word = Said("story.yes" if wheel.spins else no)
    sentence = Said("story.by_rates", answer=word, rates=_rates(flywheel, feedback, wheel))
    return Verdict(wheel.spins, sentence, wheel.rate, grounds)


def _rates(flywheel: Flywheel, feedback: Feedback, wheel: Wheel) -> Said:
    """Return what the rates say, and what a link may lose."""
    unit = flywheel.model.time.unit
    hidden = feedback.finding.graph.hidden
    parts = [Said("story.push", moves=_moves(wheel, unit), **_span(flywheel, wheel))]
    against = [label(name) for name in wheel.against if name not in hidden][:2]
    if wheel.spins and against:
        parts.append(Said("story.against", names=Listed(tuple(against))))
    alone = [label(one.name) for one in wheel.alone if one.rate > 0.01 * abs(wheel.rate) + 1e-9]
    if alone:
        key = "story.without_one" if len(alone) == 1 else "story.without_some"
        parts.append(Said(key, names=Listed(tuple(alone))))
    fragile, needed = wheel.fragile, wheel.uniform.required
    if wheel.spins and fragile is not None:
        margin = fragile.margin.value or 0.0
        ends = {"source": label(fragile.source), "target": label(fragile.target)}
        if margin < 1.0 - CUT:
            parts.append(Said("story.fragile", margin=Number(100 * margin, ".0f"), **ends))
        else:
            parts.append(Said("story.fragile_cut", **ends))
    elif wheel.rate < -wheel.neutral and needed is not None and needed < 100.0:
        parts.append(Said("story.needed", times=Number(needed, ".3g")))
    parts += _other_phase(wheel, unit)
    if feedback.wheel_spread is not None:
        spread = feedback.wheel_spread
        parts.append(Said("story.drawn", share=Number(spread.spins, ".0%"), members=spread.members))
    return Said.joined(parts, "")


def _other_phase(wheel: Wheel, unit: str) -> list[Said]:
    """Return the longest part of the run in which a push did the opposite: an epidemic that took off."""
    other = [w for w in wheel.windows if w.real and (w.rate > 0.0) != wheel.spins and _moved(w)]
    stretches: list[list[Window]] = []
    for window in other:
        if stretches and stretches[-1][-1].stop == window.start:
            stretches[-1].append(window)
        else:
            stretches.append([window])
    if not stretches or not np.isfinite(wheel.rate):
        return []
    longest = max(stretches, key=lambda each: each[-1].stop - each[0].start)
    most = max((w.rate for w in longest), key=abs)
    key = "story.fell" if wheel.spins else "story.took_off"
    span = {"start": Date(longest[0].start, unit), "stop": Date(longest[-1].stop, unit)}
    return [Said(key, rate=_percent(most), each=Each(unit), **span)]


def _moved(window: Window) -> bool:
    """Whether a push changed at all: by more than a thousandth over the window."""
    return bool(np.isfinite(window.rate)) and abs(window.rate) * (window.stop - window.start) > SLIGHT


def _moves(wheel: Wheel, unit: str) -> Said:
    """Return what becomes of a push: grows by so much a year, fades, stays, or swings."""
    if not np.isfinite(wheel.rate):
        return Said("story.gone")
    if abs(wheel.rate) <= wheel.neutral:
        return Said("story.stays" if wheel.real else "story.swings_stays")
    key = "story.grows" if wheel.rate > 0.0 else "story.fades"
    by = Said(key, rate=_percent(wheel.rate), each=Each(unit))
    return by if wheel.real else Said("story.swings", moves=by)


def _levels(flywheel: Flywheel, wheel: Wheel) -> Said:
    """Return how the stocks themselves grew, which is not how a push does."""
    if wheel.level is None:
        return Said("story.no_levels")
    key = "story.grew" if wheel.level >= 0.0 else "story.shrank"
    by = Said(key, rate=_percent(wheel.level), each=Each(flywheel.model.time.unit))
    return Said("story.levels", moved=by, **_span(flywheel, wheel))


def _span(flywheel: Flywheel, wheel: Wheel) -> dict[str, object]:
    unit = flywheel.model.time.unit
    return {"start": Date(wheel.start, unit), "stop": Date(wheel.stop, unit)}


def _percent(rate: float) -> Number:
    """Return what a continuous rate comes to in a unit of time: 0.7 doubles, which is 100 %."""
    size = 100 * abs(float(np.expm1(rate)))
    return Number(size, ".3g" if size >= 10_000 else ".0f" if size >= 10 else ".2g")


def _leader(feedback: Feedback) -> Said | None:
    """Return which loop leads longest in the window, how surely, and its mean share over the window."""
    wheel, finding = feedback.wheel, feedback.finding
    if wheel is None or not finding.main or not len(feedback.times):
        return None
    # up to the last row before the window ends: drawn constants may take effect at the end itself
    last = max(1, int(np.searchsorted(feedback.times, wheel.stop - 1e-9)))
    first = min(last - 1, int(np.searchsorted(feedback.times, wheel.start - 1e-9)))
    chances = feedback.lead_probability[first:last].mean(axis=0)
    place = int(chances.argmax())
    if chances[place] == 0.0:
        return None
    loop = finding.main[place]
    own = loop.id.startswith("loop-")
    name = loop.name if own else Said.joined((loop.id, Title(loop.name)), ", ")
    spread = feedback.spread
    sure = Said("story.sure", chance=Number(chances[place], ".0%")) if spread is not None else ""
    sizes = loop.share[feedback.rows[first:last]] if spread is None else spread.middle[first:last, place]
    share = Number(float(np.abs(sizes).mean()), ".0%")
    return Said("story.leader", sure=sure, loop=name, polarity=loop.polarity, share=share)


def _rate_grounds(flywheel: Flywheel, feedback: Feedback, wheel: Wheel) -> tuple[Said, ...]:
    finding = feedback.finding
    size = len(wheel.stocks)
    grown = Said(
        "story.rates.one" if size == 1 else "story.rates.many",
        n=size,
        moves=_moves(wheel, flywheel.model.time.unit),
        **_span(flywheel, wheel),
    )
    loops = "story.all_loops" if finding.exact else "story.some_loops"
    count = Said(f"{loops}.one" if finding.found == 1 else f"{loops}.many", n=finding.found)
    share = Number(finding.explained_share, ".0%")
    scored = Said("story.scored", loops=count, share=share)
    leader = _leader(feedback)
    return (grown, scored if leader is None else Said.joined((scored, leader), ""))


def _sentence(
    flywheel: Flywheel,
    asked: SelfTurning,
    found: Turning,
    answer: Said,
    whole: float,
    left: float,
    at: float,
    cut_from: float,
) -> Said:
    pushed, output = flywheel.model[asked.variable.partition("[")[0]], asked.output.partition("[")[0]
    gaps = [100.0 * float(gap) for gap in found.gaps[:, 0]]
    after = [
        Said("story.gap_after", gap=Number(gap, ".1f"), years=_years(years))
        for gap, years in zip(gaps[1:3], asked.after, strict=False)
    ]
    clock = flywheel.model.time.unit
    unit, named = flywheel.model[output].unit, flywheel.model[output].label
    return Said(
        "story.tested",
        answer=answer,
        gap=Number(gaps[0], ".0f"),
        pushed=pushed.label,
        pushed_when=When(cut_from if asked.shock_date is None else asked.shock_date, clock),
        moved=Said("story.down" if gaps[-1] < gaps[0] else "story.become"),
        after=Listed(tuple(after)),
        outside=_outside(flywheel, asked),
        cut_from=Date(cut_from, clock),
        output=named,
        when=When(at, clock),
        left=Amount(left, unit),
        whole=Number(whole),
    )


def _outside(flywheel: Flywheel, asked: SelfTurning) -> Listed:
    titles = {form.id: form.title for form in flywheel.links}
    return Listed(tuple(Title(titles[link]) for link in asked.outside_links))


def _years(years: float) -> Said:
    if years in (1.0, 2.0, 3.0, 4.0, 5.0):
        return Said(f"story.years_{years:.0f}")
    return Said("story.years", n=Number(years, "g"))


def _grounds(
    flywheel: Flywheel,
    asked: SelfTurning,
    found: Turning,
    whole: NDArray[np.float64],
    cut_from: float,
    at: float,
) -> tuple[Said, ...]:
    """Return what the two tests found beside what each asks; `whole` is what was pushed, undisturbed."""
    clock = flywheel.model.time.unit
    pushed, output = flywheel.model[asked.variable.partition("[")[0]], asked.output.partition("[")[0]
    shares = found.gaps[:, 0]
    push = Said(
        "story.push_test",
        pushed=pushed.label,
        gap=Number(100 * shares[0], ".0f"),
        gaps=Said.joined([Number(100 * share) for share in shares[1:]], ", "),
        years=Said.joined([Number(years, "g") for years in asked.after], ", "),
        unit=Term(f"unit.{clock}", f"{clock}s"),
    )
    amounts = shares * np.abs(whole)
    if amounts[0] > 0.0 and whole[0] > 0.0:  # why a share falls faster than a push fades
        left, grew = amounts[1] / amounts[0], whole[1] / whole[0]
        years = _years(asked.after[0])
        of = Said(
            "story.push_left", left=Number(100 * left), grew=Number(grew), pushed=pushed.label, years=years
        )
        push = Said.joined((push, of), "")
    cut = Said(
        "story.cut_test",
        outside=_outside(flywheel, asked),
        cut_from=Date(cut_from, clock),
        output=flywheel.model[output].label,
        when=When(at, clock),
        left=Number(100 * found.kept[0]),
        kept=Number(100 * KEPT, ".0f"),
    )
    return (push, cut)
