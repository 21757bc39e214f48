"""What a flywheel's value is made of: its parts, how much lies beyond the horizon, what that assumes.

The model computes the value; this reads it and turns each terminal value into the multiple of a year's
cash and the constant growth that it implies, so that an assumption about the end cannot pass as a result.
Beside it stand what is left with every link at arm's length, and values that others state or pay.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from putar.analysis.valuation import MOSTLY_TERMINAL, implied_growth, implied_multiple
from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Valuation
from putar.language.units import parse_unit
from putar.runs.ensemble import Ensemble

__all__ = ["Part", "Worth", "find_worth"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the value: `present` is up to the horizon, `terminal` beyond, both as of the valuation.

    `multiple` says how many years of the last cash flow the terminal value is at the horizon, `growth` at
    which constant rate that cash flow would have to grow for ever; None where nothing is earned.
    """

    name: str
    title: str
    present: float
    terminal: float
    multiple: float | None
    growth: float | None

    @property
    def value(self) -> float:
        """Both together."""
        return self.present + self.terminal


@dataclass(frozen=True, slots=True)
class Worth:
    """The value, its parts, and what stands beside it, all in `unit`.

    `apart` is the value with every link at arm's length, None where nobody asked; `stated` are the sums of
    facts by title.
    """

    output: str
    unit: str
    at: float
    whole: float
    discount: float
    parts: tuple[Part, ...]
    apart: float | None
    stated: Mapping[str, float]

    @property
    def terminal_share(self) -> float | None:
        """How much of the value lies beyond the horizon; None where the whole is not above zero."""
        return sum(part.terminal for part in self.parts) / self.whole if self.whole > 0 else None

    def as_json(self) -> dict[str, object]:
        """Return what terminal and page show of the value."""
        share = self.terminal_share
        return {
            "output": self.output,
            "unit": self.unit,
            "at": self.at,
            "whole": self.whole,
            "discount": self.discount,
            "parts": [
                {
                    "name": part.name,
                    "title": part.title,
                    "present": part.present,
                    "terminal": part.terminal,
                    "value": part.value,
                    "multiple": part.multiple,
                    "implied_growth": part.growth,
                }
                for part in self.parts
            ],
            "terminal_share": share,
            "mostly_terminal": None if share is None else share > MOSTLY_TERMINAL,
            "apart": self.apart,
            "stated": [
                {"title": title, "value": value, "times": value / self.whole if self.whole > 0 else None}
                for title, value in self.stated.items()
            ],
        }


def find_worth(flywheel: Flywheel, ran: Ensemble, apart: float | None = None) -> Worth | None:
    """Return what a run's value is made of; None where the flywheel does not say, or the run failed.

    Parameters
    ----------
    ran : one run with every variable
    apart : the value of the same run with every link at arm's length
    """
    asked = flywheel.valuation
    if asked is None or not asked.present or not ran.finished[0]:
        return None
    model = flywheel.model
    at = model.time.stop if asked.at is None else asked.at
    unit = model[asked.variable.partition("[")[0]].unit
    discount = float(ran.at(asked.discount, at)[0])
    parts = tuple(_part(flywheel, asked, ran, at, name, discount) for name in asked.parts or ("",))
    stated = {one.title: sum(_counted(flywheel, fact, unit) for fact in one.facts) for one in asked.stated}
    return Worth(
        asked.variable, unit, at, float(ran.at(asked.variable, at)[0]), discount, parts, apart, stated
    )


def _part(
    flywheel: Flywheel, asked: Valuation, ran: Ensemble, at: float, element: str, discount: float
) -> Part:
    def read(name: str) -> float:
        return float(ran.at(f"{name}[{element}]" if element else name, at)[0])

    present, terminal, closing = read(asked.present), read(asked.terminal), read(asked.closing)
    then = terminal / float(ran.at(asked.factor, at)[0])
    multiple, growth = implied_multiple(then, closing), implied_growth(then, closing, discount)
    return Part(
        element,
        asked.parts.get(element, flywheel.title),
        present,
        terminal,
        multiple if math.isfinite(multiple) else None,
        growth if math.isfinite(multiple) and math.isfinite(growth) else None,
    )


def _counted(flywheel: Flywheel, name: str, unit: str) -> float:
    """Return a fact's number in another unit of the same kind."""
    fact = flywheel.fact(name)
    ratio = parse_unit(fact.unit, flywheel.units).ratio(parse_unit(unit, flywheel.units))
    return float("nan") if ratio is None or fact.number is None else fact.number * ratio
