"""Numbers, units and dates as a person reads them, for sentences and tables, in each language.

Three significant digits, thousands apart, the minus sign of print. Units whose words are in the catalogue
are put in words (`busd/year` becomes `US$ bn a year`); others stay as they are written in the model. The
page writes units by the same rule, in `static/numbers.js`.
"""

from __future__ import annotations

import math
import re
from functools import cache

from putar.words.catalogue import SOURCE, texts

__all__ = [
    "amount",
    "date_text",
    "in_sentence",
    "localized",
    "number_text",
    "placed",
    "term",
    "time_unit",
    "unit_words",
    "when",
]

FIRST_YEAR = 1000.0  # from here on a number of years is a date
UNSAID = ("", "time", "dmnl")  # units of time of a model that does not say its unit
MINUS = "−"
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float | None, language: str = SOURCE) -> str:
    """Return a number with three significant digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e7 or size < 1e-4:
        return localized(f"{value:.3g}", language)
    digits = max(0, 2 - math.floor(math.log10(size)))
    return localized(f"{value:,.{digits}f}", language)


def localized(written: str, language: str = SOURCE) -> str:
    """Return a number that Python has written, with the signs of a language and the minus of print."""
    group, point = _signs(language)
    return written.translate({ord(","): group, ord("."): point, ord("-"): MINUS})


@cache
def _signs(language: str) -> tuple[str, str]:
    """Return what stands between thousands and before the fraction."""
    if language == SOURCE:
        return ",", "."
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_group_symbol(language), get_decimal_symbol(language)


def term(key: str, other: str, language: str = SOURCE) -> str:
    """Return the text of a key that is made of a model's words, or `other` where the catalogue has none."""
    return texts(language).get(key, other)


def unit_words(unit: str, language: str = SOURCE) -> str:
    """Return a unit in words where they are known, as it is written where not."""
    return " ".join(part for part in _unit_parts(unit, language) if part)


def amount(value: float | None, unit: str, language: str = SOURCE) -> str:
    """Return a number with its unit in words: `US$ 20.6 bn a year`, `838 million people`, `12%`."""
    return placed(number_text(value, language), unit, language)


def placed(number: str, unit: str, language: str = SOURCE) -> str:
    """Return a number that is already written with the words of its unit around it."""
    before, behind, per = _unit_parts(unit, language)
    if behind == "%":  # stands close to its number, in both languages
        number, behind = f"{number}%", ""
    return " ".join(part for part in (before, number, behind, per) if part)


@cache
def _unit_parts(unit: str, language: str) -> tuple[str, str, str]:
    """Return what stands before the number, behind it, and per what."""
    top, *bottom = re.sub(r"\s*([*/^()])\s*", r"\1", unit).split("/")

    def atoms(piece: str) -> list[str]:
        found = re.sub(r"[()]", "", piece).split("*")
        return [atom for atom in found if atom not in ("", "1", "dmnl")]

    def word(atom: str) -> str:
        name, _, exponent = atom.partition("^")
        return term(f"unit.{name}", name, language) + exponent.translate(POWERS)

    tops = [word(atom) for atom in atoms(top)]
    money = term("unit.usd", "US$", language)
    before = money if tops and tops[0].startswith(money) else ""
    if before:
        tops[0] = tops[0].removeprefix(money).strip()
    behind = "-".join(part for part in tops if part)
    below = [atom for piece in bottom for atom in atoms(piece)]
    if not below:
        return before, behind, ""
    if len(below) == 1 and (each := term(f"each.{below[0]}", "", language)):
        return before, behind, each
    per = "-".join(term(f"per.{atom}", word(atom), language) for atom in below)
    return before, behind, texts(language)["unit.per"].format(what=per)


def when(date: float, unit: str = "year", language: str = SOURCE) -> str:
    """Return a date with its preposition: at the start of 2026, in mid-2026, at month 12."""
    key = "date.at" if date == int(date) or not _calendar(date, unit) else "date.in"
    return texts(language)[key].format(date=date_text(date, unit, language))


def in_sentence(title: str) -> str:
    """Return a title as it stands inside a sentence: a small first letter, unless it is a name."""
    first = title.partition(" ")[0]
    name = len(first) < 2 or first[1:] != first[1:].lower() or "'" in first
    return title if name else first.lower() + title[len(first) :]


def date_text(date: float, unit: str = "year", language: str = SOURCE) -> str:
    """Return a time as people say it: the start of 2026, mid-2026, 2026 Q2, 2026.23; or month 12.

    Parameters
    ----------
    unit : of time; a number of years below a thousand is no date of the calendar
    """
    said = texts(language)
    if not _calendar(date, unit):
        counted = term(f"per.{unit}", unit, language) if unit not in UNSAID else said["date.time"]
        return f"{counted} {localized(f'{date:.6g}', language)}"
    year, part = divmod(date, 1.0)
    if part == 0.0:
        return said["date.start"].format(year=f"{year:.0f}")
    if part == 0.5:
        return said["date.middle"].format(year=f"{year:.0f}")
    if part in (0.25, 0.75):
        return said["number.quarter"].format(year=f"{year:.0f}", quarter=1 + round(part * 4))
    return localized(f"{date:.2f}", language)


def time_unit(unit: str, language: str = SOURCE) -> str:
    """Return the unit of time for `so much a ...`: a year; a time unit where a model does not say."""
    if unit in UNSAID:
        return texts(language)["date.each"]
    return term(f"each.{unit}", texts(language)["date.each_other"].format(unit=unit), language)


def _calendar(date: float, unit: str) -> bool:
    return unit == "year" and date >= FIRST_YEAR
