"""Dimensional analysis: whether the two sides of everything in a model have the same unit.

Strict: units are equal, factor and powers, or it is an error; a million persons and a person differ. A
literal number is dimensionless, but 0 fits any unit, and an equation made of literals alone has the unit
declared beside it. What has no unit is noted once and fits everything. What a built-in does to units is
said by the field `units` of its row in `functions`: a row of RULES, or a signature (`unit_signatures`).
What an operator does is written in `_Part.infer`. Each equation gives one error at most, the leftmost
and innermost, with the units of both sides, where those were declared, and what would put it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from putar.errors import ModelError, Problem, Where
from putar.language.expr import Binary, Call, Expr, If, Name, Number, Unary, is_number, to_text, walk
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Equation, Model, Variable, element_name
from putar.language.parse import place
from putar.language.unit_signatures import signed
from putar.language.unit_words import Declared, Known
from putar.language.units import DIMENSIONLESS, Unit

__all__ = ["RULES", "check_units"]

NAMED = 4  # how many names with their units a message lists
SHOWN = 70  # how many characters of an expression it quotes


def check_units(model: Model) -> tuple[Problem, ...]:
    """Return everything that is wrong with the units of a model, in the order of the model.

    Errors: unit texts that cannot be read, equations whose sides differ, flows that do not fit their
    stock. Notes: variables without a unit. All are of kind "unit".
    """
    units = Declared.by(model)
    problems = list(units.problems)
    for variable in model.variables:
        if not variable.unit and variable.name not in model.internal:
            problems.append(_without(model, units, variable))
        for target, equation in _equations(variable):
            try:
                _Part(model, units, variable.subsystem, equation).check(variable, target)
            except ModelError as error:
                problems.extend(error.problems)
            except RecursionError:
                what = f"the equation of {target!r} is nested too deep to check its units"
                problems.append(Problem("note", "unit", equation.where, what, "split it"))
        problems.extend(_flows(model, units, variable))
    return tuple(problems)


def _equations(variable: Variable) -> Iterator[tuple[str, Equation]]:
    if variable.equation is not None:
        yield variable.name, variable.equation
    for elements, equation in variable.elements:
        yield element_name(variable.name, elements), equation


def _without(model: Model, units: Declared, variable: Variable) -> Problem:
    """Return the note that a variable has no unit, with the one its equation gives."""
    found: Known = None
    for _, equation in _equations(variable):
        if found is None and variable.kind != "curve":
            try:
                found = _Part(model, units, variable.subsystem, equation).infer(equation.expr)
            except ModelError:  # reported when the equation is checked
                found = None
    unit = units.text(found or DIMENSIONLESS)
    fix = f"declare one, as in: {variable.kind} {variable.short} : {unit}"
    return Problem("note", "unit", variable.where, f"{variable.name!r} has no unit", fix)


def _flows(model: Model, units: Declared, stock: Variable) -> Iterator[Problem]:
    """Yield an error for each flow that is not the stock's unit over time."""
    unit = units.variables[stock.name]
    if unit is None or units.time is None:
        return
    want = unit / units.time
    for way, names in (("inflow", stock.inflows), ("outflow", stock.outflows)):
        for flow in (model.resolve(name, stock.subsystem) for name in names):
            have = units.variables.get(flow) if flow else None
            if flow is None or have is None or have == want:
                continue
            what = (
                f"stock {stock.name!r} is {units.says(stock, unit)}, so an {way} is {units.text(want)}, "
                f"but {flow!r} is {units.says(model[flow], have)}"
            )
            fix = f"{units.remedy(have, want, repr(flow))} and declare it as {units.text(want)}"
            yield Problem("error", "unit", stock.where, what, fix)


@dataclass(frozen=True, slots=True)
class _Part:
    """One equation being checked; the first mistake ends its check."""

    model: Model
    units: Declared
    subsystem: str
    equation: Equation

    def check(self, variable: Variable, target: str) -> None:
        """Compare the equation with what its variable declares."""
        expr, units = self.equation.expr, self.units
        have = self.infer(expr)
        if variable.kind == "curve":
            want = units.inputs.get(variable.name)
            if have is not None and want is not None and have != want:
                what = f"the input of curve {target!r} is {units.says(variable, want)}, "
                raise self.error(expr, f"{what}but {self.says(expr, have)}", have, want)
            return
        want = units.variables[variable.name]
        if have is not None and want is not None and have != want and not is_number(expr):
            what = f"left side {target!r} is {units.says(variable, want)}, "
            otherwise = f", or declare {variable.name!r} as {units.text(have)}"
            raise self.error(expr, f"{what}right side {self.says(expr, have)}", have, want, otherwise)

    # what an expression has -----------------------------------------------------------------

    def infer(self, node: Expr) -> Known:
        """Return the unit of an expression; raise ModelError at the first place where two differ."""
        match node:
            case Number(value=value):
                return None if value == 0 else DIMENSIONLESS
            case Name(name=name):
                return self.named(name)
            case Call():
                return self.call(node)
            case Unary(op="NOT", operand=operand):
                return self.need(operand, DIMENSIONLESS, "what NOT turns round")
            case Unary(operand=operand):
                return self.infer(operand)
            case If(condition=condition, then=then, otherwise=otherwise):
                self.need(condition, DIMENSIONLESS, "the condition of IF")
                return self.alike(node, then, otherwise, "after THEN", "after ELSE")
            case Binary(op="AND" | "OR" as op, left=left, right=right):
                self.need(left, DIMENSIONLESS, f"the left side of {op}")
                return self.need(right, DIMENSIONLESS, f"the right side of {op}")
            case Binary(op="*" | "/" | "+" | "-"):
                return self.row(node)
            case Binary(op="^"):
                return self.power(node)
            case Binary(op=op, left=left, right=right):
                unit = self.alike(node, left, right, f"left of {op}", f"right of {op}")
                return unit if op in ("+", "-", "MOD") else DIMENSIONLESS

    def row(self, node: Binary) -> Known:
        """Return the unit of operators in a row, from the left; the row may have any length."""
        rights: list[Binary] = []
        first: Expr = node
        while isinstance(first, Binary) and first.op in ("*", "/", "+", "-"):
            rights.append(first)
            first = first.left
        a = self.infer(first)
        for part in reversed(rights):
            b = self.infer(part.right)
            if part.op in ("+", "-"):
                one, other = (part.left, a), (part.right, b)
                a = self.agree(part, one, other, f"left of {part.op}", f"right of {part.op}")
            elif a is None or b is None:
                a = None
            else:
                a = self.combined(part, a, b)
        return a

    def combined(self, node: Binary, a: Unit, b: Unit) -> Unit:
        """Return the unit of a product or a quotient."""
        return self.exact(node, lambda: a * b if node.op == "*" else a / b)

    def named(self, name: str) -> Known:
        """Return the unit of a name; None if the name means nothing, which is for others to say."""
        full = self.model.resolve(name, self.subsystem)
        if full is not None and full in self.units.variables:
            return self.units.variables[full]
        rule = CONSTANTS.get(name, "any")
        if full is not None:
            rule = "time" if full == "links.cut_date" else "dimensionless"
        elif name.partition(".")[0] in self.model.dimension_elements:  # a position
            rule = "dimensionless"
        return {"time": self.units.time, "dimensionless": DIMENSIONLESS}.get(rule)

    def power(self, node: Binary) -> Known:
        """Return base ^ exponent: a literal exponent raises the unit, any other needs a bare base."""
        base = self.infer(node.left)
        self.need(node.right, DIMENSIONLESS, "an exponent")
        exponent = _literal(node.right)
        if base is None or base == DIMENSIONLESS:
            return base if exponent is not None else DIMENSIONLESS
        if exponent is not None:
            return self.exact(node, lambda: base**exponent)
        what = f"the base of an exponent that is no number must be dmnl, but {self.says(node.left, base)}"
        raise self.error(node.left, what, base, DIMENSIONLESS)

    def exact(self, node: Expr, unit: Callable[[], Unit]) -> Unit:
        """Return a unit, or raise the error that it is out of all bounds."""
        try:
            return unit()
        except ArithmeticError as error:
            what = f"the unit of {self.quoted(node)!r} cannot be worked out: {error}"
            fix = "divide by a reference value first, so that what is raised is dmnl"
            raise ModelError(what, self.where(node), fix, "unit") from None

    def alike(self, node: Expr, left: Expr, right: Expr, first: str, second: str) -> Known:
        """Return the one unit of two expressions."""
        return self.agree(node, (left, self.infer(left)), (right, self.infer(right)), first, second)

    def agree(
        self, node: Expr, one: tuple[Expr, Known], other: tuple[Expr, Known], first: str, second: str
    ) -> Known:
        """Return the one unit of two expressions whose units are known."""
        (left, a), (right, b) = one, other
        if a is None or b is None or a == b:
            return a or b
        what = f"{first}, {self.says(left, a)}; {second}, {self.says(right, b)}"
        fix = self.fix(left, a, b) if is_number(left) else self.fix(right, b, a)
        raise ModelError(what, self.where(node), fix, "unit")

    def need(self, node: Expr, want: Known, role: str) -> Known:
        """Return the wanted unit, which an expression must have."""
        have = self.infer(node)
        if have is not None and want is not None and have != want:
            what = f"{role} must be {self.units.text(want)}, but {self.says(node, have)}"
            raise self.error(node, what, have, want)
        return want

    def call(self, node: Call) -> Known:
        """Return the unit of a built-in's or a called curve's answer."""
        curve, row = self.variable(node), FUNCTIONS.get(node.function)
        if curve is None and row is not None and len(node.args) >= row.required:
            return signed(self, node, row.units) if "->" in row.units else RULES[row.units](self, node)
        if curve is None:  # unknown, or too few arguments: others say so
            for argument in node.args:
                self.infer(argument)
            return None
        for argument in node.args:
            have, want = self.infer(argument), self.units.inputs.get(curve.name)
            if have is not None and want is not None and have != want:
                what = f"the input of curve {curve.name!r} is {self.units.says(curve, want)}, "
                raise self.error(argument, f"{what}but {self.says(argument, have)}", have, want)
        return self.units.variables[curve.name]

    def arguments(self, node: Call, like: str = "", **wanted: Known) -> Known:
        """Return the unit of the first argument; compare those that are named, and `like` with the first."""
        names = FUNCTIONS[node.function].args
        first: Known = None
        for index, argument in enumerate(node.args):
            name = names[min(index, len(names) - 1)]
            if index and (name in wanted or name == like):
                want = first if name == like else wanted[name]
                self.need(argument, want, f"the argument {name!r} of {node.function}")
            elif index:
                self.infer(argument)
            else:
                first = self.infer(argument)
        return first

    # what a message is made of --------------------------------------------------------------

    def error(self, node: Expr, what: str, have: Unit, want: Unit, otherwise: str = "") -> ModelError:
        """Return the error that an expression has one unit and should have another."""
        return ModelError(what, self.where(node), self.fix(node, have, want) + otherwise, "unit")

    def fix(self, node: Expr, have: Unit, want: Unit) -> str:
        """Return what would give an expression the wanted unit."""
        if is_number(node):
            return f"give {self.quoted(node)} a name: make it a constant in {self.units.text(want)}"
        return self.units.remedy(have, want, repr(self.quoted(node)))

    def says(self, node: Expr, unit: Unit) -> str:
        """Return `'births * life' is person`, and where that comes from."""
        said = f"{self.quoted(node)!r} is "
        variable = self.variable(node)
        if variable is not None and isinstance(node, Name):
            return said + self.units.says(variable, unit)
        if isinstance(node, Name) or is_number(node):
            return f"{said}{self.units.text(unit)} ({self.nature(node)})"
        found = {self.word(part): self.source(part) for part in walk(node)}
        listed = [f"{word}: {source}" for word, source in found.items() if source]
        if len(listed) > NAMED:
            listed = [*listed[:NAMED], f"and {len(listed) - NAMED} more"]
        return f"{said}{self.units.text(unit)}" + (f" ({'; '.join(listed)})" if listed else "")

    def source(self, node: Expr) -> str:
        """Return the unit of a name and where it was declared; nothing for what has none of its own."""
        variable = self.variable(node)
        if variable is None:
            timed = isinstance(node, Name) and self.nature(node) == "the model's time unit"
            return (
                f"{self.units.text(self.units.time)}, the model's time unit"
                if timed and self.units.time
                else ""
            )
        unit, where = self.units.variables[variable.name], variable.where
        text = "no unit" if unit is None else self.units.text(unit)
        return f"{text}, {where.path}:{where.line}" if where.line else text

    def nature(self, node: Expr) -> str:
        """Return what something is that is no variable."""
        name = node.name if isinstance(node, Name) else ""
        if CONSTANTS.get(name) == "time" or name == "links.cut_date":
            return "the model's time unit"
        if name.startswith("links."):
            return "the switch of a link"
        return "a number"

    def variable(self, node: Expr) -> Variable | None:
        """Return the variable that a name or a called curve means."""
        if not isinstance(node, Name | Call):
            return None
        name = node.name if isinstance(node, Name) else node.function.casefold()
        found = self.model.by_name.get(self.model.resolve(name, self.subsystem) or "")
        return None if isinstance(node, Call) and found and found.kind != "curve" else found

    def word(self, node: Expr) -> str:
        """Return the word an expression starts with, as it was written."""
        return self.equation.text[node.at : node.at + node.width] or to_text(node)

    def quoted(self, node: Expr) -> str:
        """Return an expression as it was written, on one line and not too long."""
        start, end = _extent(node, self.equation.text)
        text = " ".join(self.equation.text[start:end].split()) or to_text(node)
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."

    def where(self, node: Expr) -> Where:
        """Return the place of an expression; that of its equation when its text is not known."""
        start, end = _extent(node, self.equation.text)
        text = self.equation.text
        return place(text, self.equation.where, start, end - start) if text else self.equation.where


# the rules of built-ins ---------------------------------------------------------------------


def _same(part: _Part, node: Call) -> Known:
    known: tuple[Expr, Unit] | None = None
    for argument in node.args:
        unit = part.infer(argument)
        if unit is None:
            continue
        if known is None:
            known = argument, unit
        elif known[1] != unit:
            (first, kept) = known
            what = (
                f"{node.function} takes one unit, but {part.says(first, kept)}, {part.says(argument, unit)}"
            )
            if is_number(first):
                raise part.error(first, what, kept, unit)
            raise part.error(argument, what, unit, kept)
    return known[1] if known else None


def _dimensionless(part: _Part, node: Call) -> Known:
    for argument in node.args:
        part.need(argument, DIMENSIONLESS, f"the argument of {node.function}")
    return DIMENSIONLESS


def _bare(part: _Part, node: Call) -> Known:
    part.arguments(node)
    return DIMENSIONLESS


def _root(part: _Part, node: Call) -> Known:
    unit = part.arguments(node)
    return None if unit is None else part.exact(node, lambda: unit ** Fraction(1, 2))


def _ratio(part: _Part, node: Call) -> Known:
    above, below = (part.infer(argument) for argument in node.args[:2])
    unit = None if above is None or below is None else part.exact(node, lambda: above / below)
    for argument in node.args[2:]:
        part.need(argument, unit, f"the argument 'otherwise' of {node.function}")
    return unit


def _delay(part: _Part, node: Call) -> Known:
    return part.arguments(node, like="initial", time=part.units.time, order=DIMENSIONLESS)


def _rate(part: _Part) -> Known:
    return None if part.units.time is None else DIMENSIONLESS / part.units.time


def _trend(part: _Part, node: Call) -> Known:
    part.arguments(node, time=part.units.time, initial=_rate(part))
    return _rate(part)


def _forecast(part: _Part, node: Call) -> Known:
    time = part.units.time
    return part.arguments(node, time=time, horizon=time, initial=_rate(part))


def _step(part: _Part, node: Call) -> Known:
    return part.arguments(node, start=part.units.time)


def _pulse(part: _Part, node: Call) -> Known:
    time = part.units.time
    amount = part.arguments(node, first=time, interval=time)
    return None if amount is None or time is None else part.exact(node, lambda: amount / time)


def _ramp(part: _Part, node: Call) -> Known:
    time = part.units.time
    slope = part.arguments(node, start=time, end=time)
    return None if slope is None or time is None else part.exact(node, lambda: slope * time)


# what a built-in does to units, by the name in its row of FUNCTIONS; rows without one have a signature
RULES: Mapping[str, Callable[[_Part, Call], Known]] = {
    "same": _same,
    "dimensionless": _dimensionless,
    "sign": _bare,
    "count": _bare,
    "sqrt": _root,
    "ratio": _ratio,
    "delay": _delay,
    "delayn": _delay,
    "trend": _trend,
    "forecast": _forecast,
    "step": _step,
    "pulse": _pulse,
    "ramp": _ramp,
}


# small questions about expressions ----------------------------------------------------------


def _literal(node: Expr) -> Fraction | None:
    """Return the exact value of an exponent made of literals, else None."""
    match node:
        case Number(value=value):
            return Fraction(repr(value)) if 1e-9 < value < 1e9 or value == 0 else None
        case Unary(op="-" | "+" as sign, operand=operand):
            inner = _literal(operand)
            return inner if inner is None or sign == "+" else -inner
        case Binary(op="/", left=left, right=right):
            above, below = _literal(left), _literal(right)
            return above / below if above is not None and below else None
        case _:
            return None


def _extent(node: Expr, text: str) -> tuple[int, int]:
    """Return where an expression starts and ends in its text, with the brackets that belong to it."""
    last = node
    while isinstance(last, Binary | Unary | If):
        last = (
            last.right
            if isinstance(last, Binary)
            else last.operand
            if isinstance(last, Unary)
            else last.otherwise
        )
    start, end = node.at, node.at + node.width
    bracket = "(" if isinstance(last, Call) else "[" if isinstance(last, Name) and last.subscripts else ""
    if bracket:
        end = text.find(bracket, end) + 1 or end
    inside = text[start:end]
    opened = sum(sign in "([" for sign in inside) - sum(sign in ")]" for sign in inside)
    while opened > 0 and end < len(text):
        opened += (text[end] in "([") - (text[end] in ")]")
        end += 1
    while opened < 0 and start > 0:
        start -= 1
        opened += (text[start] in "([") - (text[start] in ")]")
    return start, end
