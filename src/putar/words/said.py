"""Texts that are made once and can be said in every language: a sentence with its numbers still in it.

A `Said` is an English text, so that it prints, compares and goes into JSON as one; it keeps what it was
made of, a text of the catalogue or of a flywheel and the values of its places, and `Words.told` makes it
anew in another language. Values may be numbers, amounts, dates, titles, lists or sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from putar.words.amounts import (
    amount,
    date_text,
    in_sentence,
    localized,
    number_text,
    placed,
    term,
    time_unit,
    unit_words,
    when,
)
from putar.words.catalogue import SOURCE, texts

__all__ = [
    "Amount",
    "Date",
    "Each",
    "First",
    "Listed",
    "Number",
    "Said",
    "Term",
    "Title",
    "Unit",
    "When",
    "Words",
]

CATALOGUE, FLYWHEEL, JOINED = "catalogue", "flywheel", "joined"  # where the words of a sentence are from
ARROW = " → "
_PLACE = re.compile(r"\{(\w+(?:\.\w+)?)\}")


@runtime_checkable
class _Told(Protocol):
    def told(self, words: Words) -> str:
        """Return the text in a language."""


@dataclass(frozen=True, slots=True)
class Words:
    """A language to speak: the catalogue's texts, and a flywheel's own by their English wording."""

    language: str = SOURCE
    own: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, /, **values: object) -> str:
        """Return the text of a key with its {places} filled."""
        return self.filled(texts(self.language)[key], values)

    def count(self, key: str, n: int, /, **values: object) -> str:
        """Return the text that counts `n` things, with {n} filled."""
        return self.say(f"{key}.one" if n == 1 else f"{key}.many", n=self.formatted(n, ","), **values)

    def filled(self, template: str, values: Mapping[str, object]) -> str:
        """Return a text with its {places} filled; a place without a value stays."""
        return _PLACE.sub(
            lambda place: self.told(values[place[1]]) if place[1] in values else place[0], template
        )

    def told(self, value: object) -> str:
        """Return a text in this language: made anew where it was made, looked up where it is a flywheel's."""
        if isinstance(value, Said):
            return value.told(self)
        if not isinstance(value, str):
            return value.told(self) if isinstance(value, _Told) else str(value)
        if ARROW in value and value not in self.own:  # a loop or a link, named by what it passes
            path, _, tail = value.partition(", by ")
            passed = ARROW.join(self._named(part) for part in path.split(ARROW))
            by = [self._named(part) for part in tail.split(" and ")] if tail else []
            return self.say("story.by", loop=passed, names=self.listed(by)) if by else passed
        return self.own.get(value, value)

    def _named(self, name: str) -> str:
        """Return a variable's name, with the elements of an array behind it."""
        base, sign, elements = name.partition(" (")
        return self.own.get(name) or self.own.get(base, base) + sign + elements

    def term(self, key: str, other: str) -> str:
        """Return the text of a key that is made of a model's words, or `other`."""
        return term(key, other, self.language)

    def number(self, value: float | None) -> str:
        """Return a number with three significant digits."""
        return number_text(value, self.language)

    def formatted(self, value: float, form: str) -> str:
        """Return a number in a format of Python's, such as `.1f`."""
        text = format(value, form)
        if text[:1] in "+-" and not any("1" <= digit <= "9" for digit in text):
            text = text[1:]  # what is rounded to zero has no sign
        return localized(text, self.language)

    def amount(self, value: float | None, unit: str) -> str:
        """Return a number with its unit in words."""
        return amount(value, unit, self.language)

    def placed(self, number: str, unit: str) -> str:
        """Return a number that is already written with the words of its unit around it."""
        return placed(number, unit, self.language)

    def unit(self, unit: str) -> str:
        """Return a unit in words."""
        return unit_words(unit, self.language)

    def title(self, title: str) -> str:
        """Return a title as it stands inside a sentence."""
        return in_sentence(self.told(title))

    def listed(self, items: Iterable[str]) -> str:
        """Return items with the word for "and" before the last."""
        *first, last = items
        return self.say("story.and", first=", ".join(first), last=last) if first else last


class Said(str):
    """A text in English that can be said in every language."""

    key: str
    values: Mapping[str, object]
    source: str

    def __new__(cls, key: str, /, **values: object) -> Said:
        """Return the text of a key of the catalogue, with its {places} filled."""
        return cls._made(key, values, CATALOGUE)

    @classmethod
    def of_flywheel(cls, template: str, values: Mapping[str, object]) -> Said:
        """Return a flywheel's own text with its {places} filled; all of it English where not translated."""
        return cls._made(template, values, FLYWHEEL)

    @classmethod
    def joined(cls, parts: Iterable[object], between: str = " ") -> Said:
        """Return several texts as one."""
        values = {f"part{place}": part for place, part in enumerate(parts)}
        return cls._made(between.join(f"{{{name}}}" for name in values), values, JOINED)

    @classmethod
    def _made(cls, key: str, values: Mapping[str, object], source: str) -> Said:
        template = texts(SOURCE)[key] if source == CATALOGUE else key
        made = super().__new__(cls, Words().filled(template, values))
        made.key, made.values, made.source = key, values, source
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Return how a copy is made in another process."""
        return Said._made, (self.key, dict(self.values), self.source)

    def renamed(self, rename: Callable[[str], str]) -> Said:
        """Return the same text with other names in its places."""
        values = {key: _renamed(value, rename) for key, value in self.values.items()}
        return Said._made(self.key, values, self.source)

    def told(self, words: Words) -> str:
        """Return the text in a language."""
        if self.source == FLYWHEEL and self.key not in words.own:
            return str(self)
        template = self.key if self.source == JOINED else words.own.get(self.key, "")
        return words.filled(
            texts(words.language)[self.key] if self.source == CATALOGUE else template, self.values
        )


def _renamed(value: object, rename: Callable[[str], str]) -> object:
    if isinstance(value, Said):
        return value.renamed(rename)
    if isinstance(value, Listed):
        return Listed(tuple(_renamed(item, rename) for item in value.items))
    return rename(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a format of Python's, such as `.1f`; with three significant digits where none is given."""

    value: float
    form: str = ""

    def told(self, words: Words) -> str:
        """Return the number as a language writes it."""
        return words.formatted(self.value, self.form) if self.form else words.number(self.value)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit."""

    value: float | None
    unit: str

    def told(self, words: Words) -> str:
        """Return the amount as a language writes it."""
        return words.amount(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in words; blanks around it are kept where it has any words."""

    text: str

    def told(self, words: Words) -> str:
        """Return the unit as a language says it."""
        said = words.unit(self.text.strip())
        return self.text.replace(self.text.strip(), said) if said else ""


@dataclass(frozen=True, slots=True)
class Date:
    """A time of a model, of the calendar where its unit is the year."""

    value: float
    unit: str = "year"

    def told(self, words: Words) -> str:
        """Return the time as a language says it."""
        return date_text(self.value, self.unit, words.language)


@dataclass(frozen=True, slots=True)
class When:
    """A time of a model with its preposition."""

    value: float
    unit: str = "year"

    def told(self, words: Words) -> str:
        """Return the time as a language says it."""
        return when(self.value, self.unit, words.language)


@dataclass(frozen=True, slots=True)
class Each:
    """A unit of time for `so much a ...`."""

    unit: str

    def told(self, words: Words) -> str:
        """Return the unit as a language says it."""
        return time_unit(self.unit, words.language)


@dataclass(frozen=True, slots=True)
class Title:
    """A flywheel's title as it stands inside a sentence."""

    text: str

    def told(self, words: Words) -> str:
        """Return the title in a language."""
        return words.title(self.text)


@dataclass(frozen=True, slots=True)
class First:
    """A text that begins a sentence."""

    text: str

    def told(self, words: Words) -> str:
        """Return the text in a language, with a capital."""
        said = words.told(self.text)
        return said[:1].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class Term:
    """The text of a key that is made of a model's words, or the words themselves."""

    key: str
    other: str

    def told(self, words: Words) -> str:
        """Return the term in a language."""
        return words.term(self.key, self.other)


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things, with the word for "and" before the last."""

    items: tuple[object, ...]

    def told(self, words: Words) -> str:
        """Return the list in a language."""
        return words.listed([words.told(item) for item in self.items])
