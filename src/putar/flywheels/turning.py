"""The verdict on a flywheel: does it turn by itself, with the numbers the sentence is made of.

Two runs beside the base run: one gets a push, one loses its outside links. `analysis.spin` reads
them. The sentence is made from the numbers; no part of it is written down anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from putar.analysis.spin import KEPT, Turning, growth_rate, turning
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import SelfTurning
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import simulate
from putar.language.amounts import amount, date_text, in_sentence, number_text, when
from putar.runs.design import Change
from putar.runs.ensemble import Ensemble

__all__ = ["Verdict", "find_verdict"]

UNASKED = "Open: this model does not say which links come from outside, so the question was not put."


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


def find_verdict(flywheel: Flywheel, spec: RunSpec, base: Ensemble) -> Verdict:
    """Return the verdict for a specification, of which `base` is the single run with every row."""
    asked = flywheel.self_turning
    if asked is None or not base.finished[0]:
        return Verdict(None, UNASKED if asked is None else "Open: the run failed.", None, ())
    single = replace(spec, members=0)
    at = base.times[-1] if asked.at is None else asked.at
    cut_from = flywheel.model.time.start if asked.cut_from is None else asked.cut_from
    without = replace(single, cut=tuple(dict.fromkeys((*spec.cut, *asked.outside_links))), cut_from=cut_from)
    cut = simulate(flywheel, without, save=(asked.output,), save_at=(at,))
    pushed = simulate(
        flywheel, replace(single, changes=(*single.changes, Change(asked.shock))), save=(asked.variable,)
    )
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
    sentence = _sentence(flywheel, asked, found, whole, left, at, cut_from)
    return Verdict(found.spins, sentence, found.rate, _grounds(flywheel, asked, cut_from, at))


def _sentence(
    flywheel: Flywheel,
    asked: SelfTurning,
    found: Turning,
    whole: float,
    left: float,
    at: float,
    cut_from: float,
) -> str:
    word = {True: "Yes, it turns by itself.", False: "No, it is pushed.", None: "Open: the two tests differ."}
    pushed, output = flywheel.model[asked.variable.partition("[")[0]], asked.output.partition("[")[0]
    gaps = [100.0 * float(gap) for gap in found.gaps[:, 0]]
    after = [f"{gap:.1f} % after {_years(years)}" for gap, years in zip(gaps[1:3], asked.after, strict=False)]
    moved = "is down to" if gaps[-1] < gaps[0] else "has become"
    titles = {form.id: in_sentence(form.title) for form in flywheel.links}
    outside = " and ".join(titles[link] for link in asked.outside_links)
    unit, label = flywheel.model[output].unit, flywheel.model[output].label
    start = when(cut_from if asked.shock_date is None else asked.shock_date)
    return (
        f"{word[found.spins]} An extra {gaps[0]:.0f} % of {pushed.label} {start} {moved} "
        f"{' and '.join(after)}. Without {outside} from {date_text(cut_from)} on, the {label} "
        f"{when(at)} would be {amount(left, unit)} instead of {number_text(whole)}."
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
    cut = f"a cut: with {outside} at arm's length from {date_text(cut_from)}"
    keeps = f"the {flywheel.model[output].label} {when(at)} must keep at least {100 * KEPT:.0f} %"
    return (f"{push} must not fade in a wheel that turns by itself", f"{cut}, {keeps}")
