"""Units: what a number counts, read, multiplied, compared and printed exactly.

A unit is a factor times powers of base units: `busd/year` is 1e9 USD^1 year^-1. Factors are exact, so
that two units are equal or they are not; no tolerance hides a thousand. Fractions of powers, as square
roots make them, are exact as well. A unit text has names, numbers, `*`, `/`, `^` and brackets; a number
may lead (`1e9 USD`, `1/12 year`); `dmnl`, `1` and the empty text mean dimensionless.

Which names there are is a table made from a model's declarations. What equations do to units is in
`dimensional`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product

from putar.errors import ModelError, Problem, Where, nearest
from putar.language.model import UnitDeclaration

__all__ = ["DIMENSIONLESS", "Unit", "UnitTable", "number_text", "parse_unit", "unit_table"]

LARGEST_POWER = 50
LARGEST_ROOT = 1000
LARGEST_FACTOR = 10_000  # bits, above or below the line
DEEPEST_BRACKET = 30
SPELLINGS_TRIED = 4000  # ways to write one unit with the declared names

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d][\w$%]*|[$%€£¥°‰][\w$%]*)
      | (?P<op>[*/^()+-])
      """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `factor ** (1 / root)` times powers of base units, sorted by name; none of them is 0.

    The root is 1 but for roots of factors that have no exact one, and as small as can be: equal units
    are equal objects. Arithmetic raises ArithmeticError where powers leave what any model can mean.
    """

    factor: Fraction = Fraction(1)
    powers: tuple[tuple[str, Fraction], ...] = ()
    root: int = 1

    def __mul__(self, other: Unit) -> Unit:
        if other == DIMENSIONLESS:
            return self
        if self == DIMENSIONLESS:
            return other
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, Fraction(0)) + power
        left = tuple(sorted((name, power) for name, power in powers.items() if power))
        if self.root == other.root == 1:
            return _reduced(self.factor * other.factor, left, 1)
        root = math.lcm(self.root, other.root)
        if root > LARGEST_ROOT:
            raise ArithmeticError("roots of unit factors became too deep")
        factor = self.factor ** (root // self.root) * other.factor ** (root // other.root)
        return _reduced(factor, left, root)

    def __truediv__(self, other: Unit) -> Unit:
        return self * Unit(
            1 / other.factor, tuple((name, -power) for name, power in other.powers), other.root
        )

    def __pow__(self, power: Fraction | int) -> Unit:
        power = Fraction(power)
        if abs(power) > LARGEST_POWER or power.denominator > LARGEST_POWER:
            raise ArithmeticError(f"units are not raised to the power {power}")
        if not power:
            return DIMENSIONLESS
        powers = tuple((name, old * power) for name, old in self.powers)
        root = self.root * power.denominator
        size = max(self.factor.numerator.bit_length(), self.factor.denominator.bit_length())
        if size * abs(power.numerator) > LARGEST_FACTOR or root > LARGEST_ROOT:
            raise ArithmeticError("a power of units became too large")
        return _reduced(self.factor**power.numerator, powers, root)

    def ratio(self, other: Unit) -> float | None:
        """How many `other` one of this unit is (1 GW is 1000 MW), or None where they differ in kind."""
        if self.powers != other.powers:
            return None
        quotient = self / other
        try:
            return math.pow(quotient.factor, 1 / quotient.root)
        except OverflowError:
            return math.inf

    def text(self, names: Mapping[str, Unit] | None = None) -> str:
        """Return a text that reads back as this unit, with the names of a table where they fit."""
        return _spelled(self, names or {})

    def __str__(self) -> str:
        return self.text()


def _reduced(factor: Fraction, powers: tuple[tuple[str, Fraction], ...], root: int) -> Unit:
    """Return the unit with the smallest root that is exact."""
    if max(factor.numerator.bit_length(), factor.denominator.bit_length()) > LARGEST_FACTOR:
        raise ArithmeticError("a product of units became too large")
    step = 2
    while root > 1 and step <= root:
        exact = _exact_root(factor, step) if root % step == 0 else None
        if exact is None:
            step += 1
        else:
            factor, root = exact, root // step
    return Unit(factor, powers, root)


def _exact_root(factor: Fraction, degree: int) -> Fraction | None:
    roots: list[int] = []
    for number in (factor.numerator, factor.denominator):
        low, high = 0, 1 << (number.bit_length() // degree + 1)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if middle**degree <= number else (low, middle)
        if low**degree != number:
            return None
        roots.append(low)
    return Fraction(roots[0], roots[1])


DIMENSIONLESS = Unit()
_ALWAYS = {"dmnl": DIMENSIONLESS}


# reading ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitTable:
    """The units of a model by name, the names whose declarations are wrong, and what is wrong."""

    units: Mapping[str, Unit]
    broken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def parse_unit(text: str, table: UnitTable, where: Where | None = None) -> Unit:
    """Return the unit a text means.

    Parameters
    ----------
    text : such as `busd/(GW*year)`; `dmnl`, `1` and the empty text mean dimensionless
    table : the names that may stand in it
    where : the place of the text or of the line it is in, for messages

    Raises
    ------
    ModelError
        Of kind "unit", if a name is unknown or the text is not a unit.
    """
    return _Reader(text, table.units, where).whole()


class _Reader:
    """One unit text: tokens (kind, text, offset) and the next one to read."""

    def __init__(self, text: str, units: Mapping[str, Unit], where: Where | None) -> None:
        self.text, self.units, self.where = text, units, where
        self.tokens: list[tuple[str, str, int]] = []
        self.next, self.depth = 0, 0
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                what = f"{text[at]!r} cannot stand in a unit"
                raise self.error(what, at, 1, "use names, * / ^ and brackets")
            if match.lastgroup != "space":
                self.tokens.append((str(match.lastgroup), match.group(), at))
            at = match.end()
        self.tokens.append(("end", "", len(text)))

    def names(self) -> list[str]:
        return [text for kind, text, _ in self.tokens if kind == "name"]

    def error(self, what: str, at: int, width: int, fix: str) -> ModelError:
        return ModelError(what, _inside(self.where, self.text, at, width), fix, "unit")

    def unexpected(self, wanted: str, fix: str = "") -> ModelError:
        kind, text, at = self.tokens[self.next]
        if kind == "end":
            what = f"the unit {self.text!r} ends where {wanted} was expected"
            return self.error(what, at, 1, f"add {wanted}")
        what = f"{text!r} stands where {wanted} was expected in the unit {self.text!r}"
        return self.error(what, at, len(text), fix or f"put {wanted} here, or remove {text!r}")

    def kinds(self, count: int) -> str:
        """The next tokens, as a word such as `number/name`."""
        ahead = self.tokens[self.next : self.next + count]
        return "".join(text if kind == "op" else kind for kind, text, _ in ahead)

    def whole(self) -> Unit:
        if self.kinds(1) == "end":
            return DIMENSIONLESS
        try:
            unit = self.product()
        except ArithmeticError as error:
            raise self.error(str(error), 0, len(self.text), "write a small power, such as year^2") from None
        if self.kinds(1) == "end":
            return unit
        if self.kinds(1) in ("+", "-"):
            fix = "write a product as kilowatt*hour, a negative power as year^-1"
            raise self.unexpected("*, / or ^", fix)
        raise self.unexpected("*, / or ^", "write a product with *, as GW*year")

    def product(self) -> Unit:
        unit = self.coefficient() or self.term()
        while self.kinds(1) in ("*", "/"):
            divides = self.kinds(1) == "/"
            self.next += 1
            unit = unit / self.term() if divides else unit * self.term()
        return unit

    def coefficient(self) -> Unit | None:
        """A number, or one over another, that leads a text and stands right before a name."""
        if self.kinds(2) in ("numbername", "number("):
            return Unit(self.number()) * self.term()
        if self.kinds(4) in ("number/numbername", "number/number("):
            above = self.number()
            self.next += 1
            return Unit(above / self.number()) * self.term()
        return None

    def term(self) -> Unit:
        unit = self.atom()
        if self.kinds(1) != "^":
            return unit
        self.next += 1
        return unit ** self.exponent()

    def atom(self) -> Unit:
        kind, text, at = self.tokens[self.next]
        if kind == "number":
            return Unit(self.number())
        if kind == "name":
            self.next += 1
            unit = self.units.get(text)
            if unit is None:
                raise self.unknown(text, at)
            return unit
        if text == "(" and self.depth < DEEPEST_BRACKET:
            self.next, self.depth = self.next + 1, self.depth + 1
            unit = self.product()
            self.close()
            self.depth -= 1
            return unit
        raise self.unexpected("a unit name")

    def unknown(self, name: str, at: int) -> ModelError:
        same = [known for known in self.units if known.casefold() == name.casefold()]
        near = same[0] if same else nearest(name, self.units)
        fix = f"did you mean {near!r}?" if near else f"declare it among the model's units: unit {name}"
        return self.error(f"unknown unit {name!r}", at, len(name), fix)

    def close(self) -> None:
        if self.kinds(1) != ")":
            raise self.unexpected("')'")
        self.next += 1

    def exponent(self) -> Fraction:
        bracket = self.kinds(1) == "("
        self.next += bracket
        sign = -1 if self.kinds(1) == "-" else 1
        self.next += self.kinds(1) in ("-", "+")
        power = sign * self.number("a power", zero=True)
        if bracket:
            if self.kinds(1) == "/":
                self.next += 1
                power /= self.number("a power")
            self.close()
        return power

    def number(self, wanted: str = "a number", *, zero: bool = False) -> Fraction:
        kind, text, at = self.tokens[self.next]
        if kind != "number":
            raise self.unexpected(wanted)
        if len(text) > 40 or not (1e-99 < float(text) < 1e99 or (zero and float(text) == 0)):
            fix = "write a number above 0, between 1e-99 and 1e99"
            raise self.error(f"{text} cannot stand in a unit", at, len(text), fix)
        self.next += 1
        return Fraction(text)


def _inside(where: Where | None, text: str, at: int, width: int) -> Where | None:
    """Return the place of a piece of a unit text: from where it starts, or found in the line of `where`."""
    if where is None or not text.strip():
        return where
    if where.text.startswith(text, where.column - 1):
        return Where(where.path, where.line, where.column + at, max(1, width), where.text)
    found = re.search(rf"""(?:[:="']\s*|\bof\s+|^){re.escape(text)}""", where.text)
    if found is None:
        return where
    column = found.end() - len(text) + at + 1
    return Where(where.path, where.line, column, max(1, width), where.text)


# declaring ----------------------------------------------------------------------------------


def unit_table(declarations: Iterable[UnitDeclaration], time_unit: str = "") -> UnitTable:
    """Return the units that declarations make, in any order; what is wrong with them is in `problems`.

    A time unit that is one name and is not declared is a base unit.
    """
    declared: dict[str, UnitDeclaration] = {}
    problems: list[Problem] = []
    for declaration in declarations:
        problem = _misdeclared(declaration, declared)
        if problem:
            problems.append(problem)
        else:
            declared[declaration.name] = declaration
    if _is_name(time_unit) and time_unit not in declared and time_unit not in _ALWAYS:
        declared[time_unit] = UnitDeclaration(time_unit)
    units = dict(_ALWAYS)
    readers: dict[str, _Reader] = {}
    for name, declaration in declared.items():
        if declaration.definition is None:
            units[name] = Unit(powers=((name, Fraction(1)),))
            continue
        try:
            readers[name] = _Reader(declaration.definition, units, declaration.where)
        except ModelError as error:
            problems.extend(error.problems)
    _define(units, readers, declared, problems)
    return UnitTable(units, frozenset(declared) - frozenset(units), tuple(problems))


def _define(
    units: dict[str, Unit],
    readers: dict[str, _Reader],
    declared: Mapping[str, UnitDeclaration],
    problems: list[Problem],
) -> None:
    """Define what can be defined, round by round; say why the rest cannot."""
    while ready := [name for name, reader in readers.items() if set(reader.names()) <= units.keys()]:
        for name in ready:
            try:
                units[name] = readers.pop(name).whole()
            except ModelError as error:
                problems.extend(error.problems)
    for reader in readers.values():
        for kind, name, at in reader.tokens:
            if kind == "name" and name not in declared and name not in units:
                problems.extend(reader.unknown(name, at).problems)
    for cycle in _cycles({name: [n for n in r.names() if n in readers] for name, r in readers.items()}):
        what = f"unit {cycle[0]!r} is defined by itself: {' -> '.join((*cycle, cycle[0]))}"
        fix = f"make one of them a base unit, as in: unit {cycle[0]}"
        problems.append(Problem("error", "unit", declared[cycle[0]].where, what, fix))


def _cycles(needs: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    """Return the cycles met when each name is followed to the first name it needs."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for start in needs:
        path: list[str] = []
        name: str | None = start
        while name is not None and name not in seen:
            seen.add(name)
            path.append(name)
            name = needs[name][0] if needs[name] else None
        if name in path:
            found.append(tuple(path[path.index(name) :]))
    return found


def _misdeclared(declaration: UnitDeclaration, declared: Mapping[str, UnitDeclaration]) -> Problem | None:
    name, where = declaration.name, declaration.where
    if not _is_name(name):
        fix = "use letters, digits and _; start with a letter"
        return Problem("error", "unit", where, f"{name!r} cannot be the name of a unit", fix)
    if name in _ALWAYS:
        what = f"unit {name!r} is always there and means dimensionless"
        return Problem("error", "unit", where, what, "remove this declaration")
    if name in declared:
        what = f"unit {name!r} is declared twice, first at {declared[name].where}"
        return Problem("error", "unit", where, what, "remove one of the declarations")
    return None


def _is_name(text: str) -> bool:
    match = _TOKEN.fullmatch(text)
    return match is not None and match.lastgroup == "name"


# printing -----------------------------------------------------------------------------------


def number_text(number: Fraction) -> str:
    """Return a number above 0 as short as it is exact: `1000`, `1e9`, `0.001` or `1/3`."""
    below, tens = number.denominator, 0
    while below % 10 == 0:
        below, tens = below // 10, tens + 1
    while below % 2 == 0 or below % 5 == 0:
        below, tens = below // (2 if below % 2 == 0 else 5), tens + 1
    if below != 1 or tens > 30:
        return f"{number.numerator}/{number.denominator}"
    digits = str(int(number * 10**tens))
    short = digits.rstrip("0")
    exponent = len(digits) - len(short) - tens
    if exponent > 3 or exponent < -6 - len(short):
        return f"{short}e{exponent}"
    if exponent >= 0:
        return short + "0" * exponent
    padded = short.rjust(1 - exponent, "0")
    return f"{padded[:exponent]}.{padded[exponent:]}"


def _spelled(unit: Unit, names: Mapping[str, Unit]) -> str:
    if unit == DIMENSIONLESS:
        return "dmnl"
    for name, known in names.items():
        if known == unit:
            return name
    simple: dict[str, list[tuple[str, Unit]]] = {}
    compound: list[tuple[str, Unit]] = []
    for name, known in names.items():
        if len(known.powers) == 1 and known.powers[0][1] == 1:
            simple.setdefault(known.powers[0][0], []).append((name, known))
        elif known.powers:
            compound.append((name, known))
    try:
        texts = [*_simple(unit, simple, ())]
        for (name, known), sign in product(compound, (1, -1)):
            rest = unit / known**sign
            if len(rest.powers) <= len(unit.powers):
                texts += _simple(rest, simple, ((name, Fraction(sign)),))
    except ArithmeticError:
        return _product_text(Unit(unit.factor, (), unit.root), unit.powers)
    return min(texts if unit.powers else texts + _pairs(unit, simple))[2]


_Spelling = tuple[bool, int, str]  # has a number, how long, the text: the least one is the best


def _simple(
    unit: Unit, simple: Mapping[str, list[tuple[str, Unit]]], terms: tuple[tuple[str, Fraction], ...]
) -> list[_Spelling]:
    """Spell a unit with one name for each of its base units, all ways, and a number for what is left."""
    choices = [simple.get(base) or [(base, Unit(powers=((base, Fraction(1)),)))] for base, _ in unit.powers]
    spellings: list[_Spelling] = []
    for choice in islice(product(*choices), SPELLINGS_TRIED):
        rest, mine = unit, [*terms]
        for (name, known), (_, power) in zip(choice, unit.powers, strict=True):
            rest = rest / known**power
            mine.append((name, power))
        text = _product_text(rest, mine)
        spellings.append((rest != DIMENSIONLESS, len(text), text))
    return spellings


def _pairs(unit: Unit, simple: Mapping[str, list[tuple[str, Unit]]]) -> list[_Spelling]:
    """Spell a bare factor as one name over another: `musd/busd`."""
    return [
        (False, len(a) + len(b), f"{a}/{b}")
        for alike in simple.values()
        for (a, above), (b, below) in product(alike, alike)
        if above / below == unit
    ]


def _product_text(number: Unit, terms: Iterable[tuple[str, Fraction]]) -> str:
    """Write a bare factor and powers of names as a unit text."""
    over: list[str] = []
    under: list[str] = []
    for name, power in terms:
        size = abs(power)
        shown = "" if size == 1 else f"^{size}" if size.denominator == 1 else f"^({size})"
        (over if power > 0 else under).append(name + shown)
    top = "*".join(over)
    if number.root > 1:
        lead = f"({number_text(number.factor)})^(1/{number.root})"
        top = f"{lead}*{top}" if top else lead
    elif number != DIMENSIONLESS:
        lead = number_text(number.factor)
        top = f"{lead} {top}" if top else lead
    bottom = f"({'*'.join(under)})" if len(under) > 1 else "".join(under)
    return f"{top or '1'}/{bottom}" if bottom else top or "dmnl"
