"""What built-ins do to units, where one line says it: `a, time, time -> a`.

A signature has a pattern for each argument and one for the answer. A pattern is a product of words: a
letter is any unit, the same wherever it stands; `time` is the model's time unit, `1` is dimensionless, and
`any` is not looked at. `curve` is the name of a table, whose input is then `x` and whose values are `y`.
Where an argument chooses what is done, further signatures follow for the numbers it may have: `a -> a; way
1 7: a -> a*time`. What it does when the number is computed is what all of them agree on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from putar.errors import ModelError
from putar.language.expr import Call, Expr, Number, is_number
from putar.language.functions import FUNCTIONS
from putar.language.model import Variable
from putar.language.unit_words import Declared, Known
from putar.language.units import DIMENSIONLESS, Unit

__all__ = ["Part", "Signature", "signature", "signed"]

Pattern = tuple[tuple[str, int], ...] | None  # words with their powers; None for `any`
CURVE: Pattern = (("curve", 1),)


class Part(Protocol):
    """What a signature asks of the equation that is being checked."""

    @property
    def units(self) -> Declared:
        """What the model declares."""
        ...

    def infer(self, node: Expr) -> Known:
        """Return the unit of an expression."""
        ...

    def says(self, node: Expr, unit: Unit) -> str:
        """Return an expression with its unit and where that comes from."""
        ...

    def error(self, node: Expr, what: str, have: Unit, want: Unit, otherwise: str = "") -> ModelError:
        """Return the error that an expression has one unit and should have another."""
        ...

    def exact(self, node: Expr, unit: Callable[[], Unit]) -> Unit:
        """Return a unit, or raise the error that it is out of all bounds."""
        ...

    def variable(self, node: Expr) -> Variable | None:
        """Return the variable that a name means."""
        ...


@dataclass(frozen=True, slots=True)
class Signature:
    """Patterns of the arguments and of the answer."""

    args: tuple[Pattern, ...]
    answer: Pattern


@cache
def signature(text: str) -> Mapping[str, Mapping[float, Signature]]:
    """Return the signatures in a text: by the name of the argument that chooses, by its number.

    The one that holds for other numbers stands under "" and 0.
    """
    first, *others = text.split(";")
    found: dict[str, dict[float, Signature]] = {"": {0.0: _one(first)}}
    for other in others:
        head, _, body = other.partition(":")
        name, *numbers = head.split()
        found.setdefault(name, {}).update(dict.fromkeys(map(float, numbers), _one(body)))
    return found


def _one(text: str) -> Signature:
    arguments, _, answer = text.partition("->")
    return Signature(tuple(_pattern(part) for part in arguments.split(",")), _pattern(answer))


def _pattern(text: str) -> Pattern:
    text = text.strip()
    if text == "any":
        return None
    powers: dict[str, int] = {}
    for sign, word in re.findall(r"([*/]?)\s*(\w+)", text):
        if word != "1":
            powers[word] = powers.get(word, 0) + (-1 if sign == "/" else 1)
    return tuple(powers.items())


def signed(part: Part, node: Call, text: str) -> Known:
    """Return the unit of a built-in's answer by its signature.

    Raises
    ------
    ModelError
        At the first argument that does not fit, with what it does not fit to. A written number is looked at
        last, so that it is the number that is found wrong and not what it was compared with.
    """
    chosen = _chosen(node, text)
    known: dict[str, Unit] = {} if part.units.time is None else {"time": part.units.time}
    because: dict[str, str] = {}
    names = FUNCTIONS[node.function].args
    for i in sorted(range(len(node.args)), key=lambda i: is_number(node.args[i])):
        argument, pattern = node.args[i], chosen.args[min(i, len(chosen.args) - 1)]
        if pattern == CURVE:
            _curve(part, argument, known, because)
            continue
        have = part.infer(argument)
        if pattern is None or have is None:
            continue
        unknown = [word for word, _ in pattern if word not in known]
        if unknown == ["time"] or len(unknown) > 1:
            continue
        rest = tuple((word, power) for word, power in pattern if word in known)
        given = _product(part, node, rest, known)
        if unknown:
            (power,) = (power for word, power in pattern if word == unknown[0])
            known[unknown[0]] = _solved(part, node, have, given, power)
            because[unknown[0]] = part.says(argument, have)
        elif have != given:
            name = names[min(i, len(names) - 1)]
            reasons = [because[word] for word, _ in rest if word in because]
            since = f", as {' and '.join(dict.fromkeys(reasons))}; but" if reasons else ", but"
            what = f"the argument {name!r} of {node.function} must be {part.units.text(given)}{since}"
            raise part.error(argument, f"{what} {part.says(argument, have)}", have, given)
    if chosen.answer is None or any(word not in known for word, _ in chosen.answer):
        return None
    return _product(part, node, chosen.answer, known)


def _solved(part: Part, node: Call, have: Unit, given: Unit, power: int) -> Unit:
    """Return the unit whose power, times what is given, is what an argument has."""
    return part.exact(node, lambda: have / given if power == 1 else given / have)


def _chosen(node: Call, text: str) -> Signature:
    """Return the signature that holds for a call."""
    found = signature(text)
    default = found[""][0.0]
    names = FUNCTIONS[node.function].args
    for name, by_number in found.items():
        if name and names.index(name) < len(node.args):
            chooses = node.args[names.index(name)]
            if isinstance(chooses, Number):
                return by_number.get(chooses.value, default)
            every = [default, *by_number.values()]
            args = zip(*[one.args for one in every], strict=True)
            answers = {one.answer for one in every}
            return Signature(
                tuple(patterns[0] if len(set(patterns)) == 1 else None for patterns in args),
                answers.pop() if len(answers) == 1 else None,
            )
    return default


def _curve(part: Part, argument: Expr, known: dict[str, Unit], because: dict[str, str]) -> None:
    """Take over what the curve declares."""
    curve = part.variable(argument)
    if curve is None:
        return
    for word, unit, what in (
        ("x", part.units.inputs.get(curve.name), f"the input of curve {curve.name!r} is"),
        ("y", part.units.variables[curve.name], f"curve {curve.name!r} is"),
    ):
        if unit is not None:
            known[word], because[word] = unit, f"{what} {part.units.says(curve, unit)}"


def _product(part: Part, node: Call, pattern: Pattern, known: Mapping[str, Unit]) -> Unit:
    def unit() -> Unit:
        found = DIMENSIONLESS
        for word, power in pattern or ():
            found = found * known[word] if power == 1 else found / known[word]
        return found

    return part.exact(node, unit)
