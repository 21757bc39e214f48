"""The questions that `putar serve` puts to Python: a row each, and how a body becomes a command's words.

A question is a command of the command line, asked with `--json`; its answer is that command's document. A
body is one JSON object whose fields are the command's options. Nothing else gets through: a field that is not
in the table, a value of another type and a number above its limit are refused by name.

Adding a question means adding a row; the page docs/server.md and /openapi.json are made from the rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from putar.errors import UsageError, nearest

__all__ = ["FIELDS", "QUESTIONS", "Field", "Limits", "Question", "words_of"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may cost: members, bytes of body and answer, seconds, and how many may wait.

    `patience` is how many seconds a client may take to send a request.
    """

    members: int = 10_000
    body: int = 64_000
    answer: int = 64_000_000
    seconds: float = 60.0
    waiting: int = 64
    patience: float = 10.0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body: its JSON type, the option it becomes, and what it is for."""

    type: str
    option: str
    says: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question: the command that answers it, the fields it takes, the keys its answer has."""

    command: str
    says: str
    fields: tuple[str, ...]
    keys: tuple[str, ...]


FIELDS = {
    "scenario": Field("string", "--scenario", "a scenario of the flywheel"),
    "set": Field("numbers", "--set", "constants with their values, from a date on as NAME@DATE"),
    "cut": Field("strings", "--cut", "links at arm's length"),
    "cut_from": Field("number", "--cut-from", "from when cut holds; else the flywheel's now"),
    "members": Field("integer", "--members", "runs with drawn constants, 0 for one run"),
    "seed": Field("integer", "--seed", "of the random draws"),
    "output": Field("string", "--output", "what is asked about: VAR@DATE, or value"),
    "from": Field("number", "--from", "from when links are at arm's length"),
    "table": Field("string", "--table", "one of the flywheel's tables"),
    "variables": Field("strings", "--variables", "what is kept of the trajectory; all, where not said"),
    "audit": Field("boolean", "--audit", "ask, too, whether the story closes and what pushes it"),
}
RUN = ("scenario", "set", "cut", "cut_from", "members", "seed")

QUESTIONS = {
    "run": Question(
        "run",
        "simulate and answer the flywheel's questions",
        RUN,
        (
            *("model", "scenario", "engine", "time", "headline", "verdict"),
            *("links", "loops", "claims", "warnings", "files", "seconds"),
        ),
    ),
    "table": Question("run", "a table that the flywheel declares", (*RUN, "table"), ("table",)),
    "simulate": Question("simulate", "the trajectory", (*RUN, "variables"), ("times", "variables")),
    "check": Question("check", "all that is wrong or doubtful in the model", ("audit",), ("problems",)),
    "claims": Question("claims", "the verdict on every claim of the story", RUN, ("claims",)),
    "links": Question(
        "links",
        "an output shared out over the links, exactly",
        ("output", "from", "scenario", "set", "members", "seed"),
        ("output", "unit", "all", "none", "links", "linchpin", "exact", "runs", "seconds"),
    ),
    "loops": Question(
        "loops",
        "which feedback loops drive the model, and when",
        RUN,
        ("loops", "dominant", "lead_probability"),
    ),
    "moat": Question("moat", "what each rival lacks", ("scenario", "set"), ("rivals",)),
    "sensitivity": Question(
        "sensitivity",
        "which constants drive an output",
        ("output", "scenario", "set", "members", "seed"),
        ("output", "drivers"),
    ),
}

_NAME = re.compile(r"[\w.\[\], ·-]{1,200}(@-?[\d.]{1,20})?", re.ASCII)
_MOST = 200  # values in one list or table of a body


def words_of(name: str, body: object, limits: Limits) -> list[str]:
    """Return the words of the command that answers a question, without the model.

    Raises
    ------
    UsageError
        If the body is no object, or a field is unknown, of another type, or above its limit.
    """
    question = QUESTIONS[name]
    if not isinstance(body, Mapping):
        raise UsageError("the body is no JSON object", 'send {} or {"members": 100}')
    words = [question.command]
    for key, value in body.items():
        if key not in question.fields:
            near = nearest(str(key), question.fields)
            fix = f"did you mean {near!r}?" if near else f"one of: {', '.join(question.fields)}"
            raise UsageError(f"{name} has no field {str(key)[:60]!r}", fix)
        words += _words(key, FIELDS[key], value, limits)
    if name == "table" and "table" not in body:
        raise UsageError("table needs the field 'table'", "name one of the flywheel's tables")
    return words


def _words(key: str, field: Field, value: object, limits: Limits) -> list[str]:
    """Return the words of one field."""
    match field.type:
        case "boolean" if isinstance(value, bool):
            return [field.option] if value else []
        case "integer" if isinstance(value, int) and not isinstance(value, bool):
            most = limits.members if key == "members" else 2**31 - 1
            if not 0 <= value <= most:
                raise UsageError(f"{key} is {value}, and {most} is the most", f"ask for 0 to {most}")
            return [f"{field.option}={value}"]
        case "number" if _is_number(value):
            return [f"{field.option}={value!r}"]
        case "string" if isinstance(value, str) and _NAME.fullmatch(value):
            return [f"{field.option}={value}"]
        case "strings" if isinstance(value, list) and len(value) <= _MOST:
            if all(isinstance(each, str) and _NAME.fullmatch(each) for each in value):
                return [f"{field.option}={each}" for each in value]
        case "numbers" if isinstance(value, Mapping) and len(value) <= _MOST:
            if all(_NAME.fullmatch(str(each)) and _is_number(number) for each, number in value.items()):
                return [f"{field.option}={_setting(str(each), number)}" for each, number in value.items()]
        case _:
            pass
    raise UsageError(f"{key} is {str(value)[:60]!r}", f"{field.says}: {_FORMS[field.type]}")


_FORMS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a name",
    "strings": f"a list of at most {_MOST} names",
    "numbers": f"an object of at most {_MOST} names with numbers",
}


def _is_number(value: object) -> bool:
    """Return whether a value is a number that a double holds; whole numbers of JSON may be larger."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _setting(name: str, value: object) -> str:
    base, sign, date = name.partition("@")
    return f"{base}={value!r}{sign}{date}"
