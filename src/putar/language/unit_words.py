"""The units a model declares, in its author's words, and what would turn one into another.

Half of a unit check is to say it well: `busd/year` and not `1e9 USD/year`, the line where a unit was
declared, and the one factor that is missing. What units equations have is worked out in `dimensional`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from putar.errors import ModelError, Problem, Where
from putar.language.model import Model, Variable
from putar.language.units import DIMENSIONLESS, Unit, UnitTable, number_text, parse_unit, unit_table

__all__ = ["Declared", "Known"]

Known = Unit | None  # None fits every unit: a literal 0, or something whose unit is not known


@dataclass(frozen=True, slots=True)
class Declared:
    """What a model declares: units of variables, of the inputs of curves, and of time.

    `words` has the author's text for each unit; `problems` what could not be read.
    """

    table: UnitTable
    variables: Mapping[str, Known]
    inputs: Mapping[str, Known]
    time: Known
    words: Mapping[Unit, str]
    problems: tuple[Problem, ...]

    @classmethod
    def by(cls, model: Model) -> Declared:
        """Read every unit text of a model."""
        table = unit_table(model.units, model.time.unit)
        problems = list(table.problems)
        words: dict[Unit, str] = {}
        for name, unit in table.units.items():
            words.setdefault(unit, name)

        def read(text: str | None, where: Where) -> Known:
            if not text:
                return None
            try:
                unit = parse_unit(text, table, where)
            except ModelError as error:
                if not table.broken.intersection(re.split(r"[\s*/^()]+", text)):  # else said there
                    problems.extend(error.problems)
                return None
            words.setdefault(unit, text)
            return unit

        time = read(model.time.unit, model.time.where)
        variables = {v.name: read(v.unit, v.where) for v in model.variables}
        inputs = {v.name: read(v.input_unit, v.where) for v in model.variables if v.input_unit}
        return cls(table, variables, inputs, time, words, tuple(problems))

    def text(self, unit: Unit) -> str:
        """Return a unit in the author's words where there are any."""
        return self.words.get(unit) or unit.text(self.table.units)

    def says(self, variable: Variable, unit: Unit) -> str:
        """Return a variable's unit and where it was declared: `GW (declared at fleet.putar:12)`."""
        where = variable.where
        return f"{self.text(unit)} (declared{f' at {where.path}:{where.line}' if where.line else ''})"

    def remedy(self, have: Unit, want: Unit, it: str) -> str:
        """Return what to do to `it`, which has one unit, so that it has the other."""
        try:
            missing = want / have
        except ArithmeticError:
            return f"bring {it} to {self.text(want)}"
        if not missing.powers:
            above, below = (have, want) if (have.ratio(want) or 0) >= 1 else (want, have)
            number, verb = _number(above / below), "multiply" if above is have else "divide"
            return f"{verb} {it} by a constant of {number} {self._conversion(below, above)}"
        if missing == self.time:
            return f"multiply {it} by a time in {self.text(missing)}"
        if self.time is not None and missing * self.time == DIMENSIONLESS:
            return f"divide {it} by a time in {self.text(self.time)}"
        if not want.powers or all(power < 0 for _, power in missing.powers):
            return f"divide {it} by a quantity in {self.text(DIMENSIONLESS / missing)}"
        return f"multiply {it} by a quantity in {self.text(missing)}"

    def _conversion(self, above: Unit, below: Unit) -> str:
        """Return the unit of a conversion constant, such as `musd/busd`, in names the two sides use."""
        bases = dict(below.powers)
        near = {n: u for n, u in self.table.units.items() if bases.keys() & dict(u.powers).keys()}
        for a, b in product(near, near):
            if near[a] / near[b] == above / below:
                return f"{a}/{b}"
        return self.text(above / below)


def _number(unit: Unit) -> str:
    """Return a bare factor as a person writes it."""
    return (
        number_text(unit.factor)
        if unit.root == 1
        else number_text(Fraction(f"{unit.ratio(DIMENSIONLESS):.6g}"))
    )
