"""Numbers, units and dates as a person reads them, for sentences and tables.

Three significant digits, thousands apart, the minus sign of print. Units that are known are put in
words (`busd/year` becomes `US$ bn a year`); others stay as they are written in the model.
"""

from __future__ import annotations

import math

__all__ = ["amount", "date_text", "in_sentence", "number_text", "time_unit", "unit_words", "when"]

FIRST_YEAR = 1000.0  # from here on a number of years is a date

_WORDS = {
    "busd": "US$ bn",
    "musd": "US$ m",
    "USD": "US$",
    "mperson": "million people",
    "person": "people",
    "oom": "powers of ten",
    "dmnl": "",
    "1": "",
    "percent": "%",
    "mvehicle": "million vehicles",
    "bmile": "billion miles",
    "krobot": "thousand robots",
    "msubscriber": "million subscribers",
    "mH100e": "million H100 equivalents",
    "GWh": "GWh",
}
_PER = {"year": "a year", "month": "a month", "person": "a person", "GW": "a GW", "hour": "an hour"}


def number_text(value: float | None) -> str:
    """Return a number with three significant digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e7 or size < 1e-4:
        return f"{value:.3g}".replace("-", "−")
    digits = max(0, 2 - math.floor(math.log10(size)))
    return f"{value:,.{digits}f}".replace("-", "−")


def unit_words(unit: str) -> str:
    """Return a unit in words where it is known, as it is written where not."""
    top, slash, bottom = unit.partition("/")
    if not slash:
        return _WORDS.get(unit, unit)
    per = [_PER.get(part.strip()) for part in bottom.strip("() ").split("*")]
    if "/" in bottom or any(part is None for part in per):
        return unit
    return f"{_WORDS.get(top, top)} {' '.join(str(part) for part in per)}".strip()


def amount(value: float | None, unit: str) -> str:
    """Return a number with its unit in words: `US$ 20.6 bn a year`, `838 million people`, `12 %`."""
    text, words = number_text(value), unit_words(unit)
    if words.startswith("US$"):
        return f"US$ {text}{words[3:]}"
    return f"{text} {words}".rstrip()


def when(date: float, unit: str = "year") -> str:
    """Return a date with its preposition: at the start of 2026, in mid-2026, at month 12."""
    return f"{'at' if date == int(date) or not _calendar(date, unit) else 'in'} {date_text(date, unit)}"


def in_sentence(title: str) -> str:
    """Return a title as it stands inside a sentence: a small first letter, unless it is a name."""
    first = title.partition(" ")[0]
    name = len(first) < 2 or first[1:] != first[1:].lower() or "'" in first
    return title if name else first.lower() + title[len(first) :]


def date_text(date: float, unit: str = "year") -> str:
    """Return a time as people say it: the start of 2026, mid-2026, 2026 Q2, 2026.23; or month 12.

    Parameters
    ----------
    unit : of time; a number of years below a thousand is no date of the calendar
    """
    if not _calendar(date, unit):
        return f"{unit or 'time'} {date:.6g}"
    year, part = divmod(date, 1.0)
    if part == 0.0:
        return f"the start of {year:.0f}"
    if part == 0.5:
        return f"mid-{year:.0f}"
    if part in (0.25, 0.75):
        return f"{year:.0f} Q{1 + round(part * 4)}"
    return f"{date:.2f}"


def time_unit(unit: str) -> str:
    """Return the unit of time for `so much a ...`: year, month; time unit where a model does not say."""
    return "time unit" if unit in ("", "time") else unit


def _calendar(date: float, unit: str) -> bool:
    return unit == "year" and date >= FIRST_YEAR
