"""GET TIME VALUE: what a model's time means on a calendar, as a formula of the language.

Settings behind the sketch say which date a time stands for (37 year, 38 month, 39 day, 41 the time); the
unit of time says how the calendar runs: years, quarters and months with 360 days a year, anything shorter
by the Gregorian calendar.

Source: Vensim Help, "GET TIME VALUE"; the places of the settings are those of public models. Dates from
days: Richards (2013), Explanatory Supplement to the Astronomical Almanac, section 15.11.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from putar.formats.foreign_units import unit_text

__all__ = ["Calendar", "calendar_of"]

_EVEN = {"year": 360.0, "quarter": 90.0, "month": 30.0}
_TRUE = {"week": 7.0, "day": 1.0, "hour": 1 / 24, "minute": 1 / 1440, "second": 1 / 86400}
_NEAR = 1e-6  # days; times are sums of steps


@dataclass(frozen=True, slots=True)
class Calendar:
    """How many days a unit of time has, whether years have 360, and the day of time 0."""

    days: float
    even: bool
    first: float

    def formula(self, measure: int) -> str | None:
        """Return the formula of a measure at time a1, or None where Vensim does not say it."""
        day = f"(a1 * {self.days!r} + {self.first + _NEAR!r})"
        parts = f"({day} MOD 1)"
        common = {
            6: f"INT({day})",
            7: f"INT({parts} * 24)",
            8: f"INT({parts} * 1440) MOD 60",
            9: f"({parts} * 86400) MOD 60",
            10: f"({day} * 86400) MOD 500000",
        }
        own = _even(day) if self.even else _gregorian(f"INT({day})")
        return {**common, **own}.get(measure)


def _even(day: str) -> dict[int, str]:
    within = f"({day} MOD 360)"
    return {
        1: f"INT({day} / 360)",
        2: f"INT({within} / 90) + 1",
        3: f"INT({within} / 30) + 1",
        4: f"INT({day} MOD 30) + 1",
    }


def _gregorian(day: str) -> dict[int, str]:
    """Return formulas of the day number, counted from 1 January of the year 0; years begin in March."""
    since = f"({day} - 60)"
    of_era = f"({since} MOD 146097)"
    leaps = f"INT({of_era} / 1460) + INT({of_era} / 36524) - INT({of_era} / 146096)"
    year = f"INT(({of_era} - {leaps}) / 365)"
    of_year = f"({of_era} - (365 * {year} + INT({year} / 4) - INT({year} / 100)))"
    place = f"INT((5 * {of_year} + 2) / 153)"
    month = f"((({place} + 2) MOD 12) + 1)"
    return {
        1: f"{year} + 400 * INT({since} / 146097) + ({month} <= 2)",
        2: f"INT(({month} - 1) / 3) + 1",
        3: month,
        4: f"{of_year} - INT((153 * {place} + 2) / 5) + 1",
        5: f"({day} + 6) MOD 7",
    }


def calendar_of(unit: str, settings: Mapping[str, str]) -> Calendar | None:
    """Return the calendar of a model, or None where its unit of time is on none."""
    word = unit_text(unit)
    try:
        year, month, day = (int(settings.get(key, default)) for key, default in _ORIGIN)
        at = float(settings.get("41", "0") or 0)
        if not math.isfinite(at) or not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        if word in _EVEN:
            days = _EVEN[word]
            return Calendar(days, True, year * 360 + (month - 1) * 30 + day - 1 - at * days)
        if word in _TRUE:
            days = _TRUE[word]
            return Calendar(days, False, date(year, month, day).toordinal() + 365 - at * days)
    except (ValueError, OverflowError):
        return None
    return None


_ORIGIN = (("37", "2000"), ("38", "1"), ("39", "1"))
