"""A whole model, rewritten for a target: switches, limits, tables, functions and references, one by one.

What comes out is a Model again. It runs, gives the same numbers, and has nothing that the target cannot say,
but for what is listed as lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from putar.formats.writing.curves import TABLES, in_place, looked_up, read_curve
from putar.formats.writing.limits import with_limits, with_own_flows
from putar.formats.writing.loss import Loss
from putar.formats.writing.memory import MEMORY
from putar.formats.writing.references import descend
from putar.formats.writing.resolve import Resolver
from putar.formats.writing.rewrite import Context, Words, numbered
from putar.formats.writing.switches import with_switches
from putar.formats.writing.target import Target
from putar.formats.writing.vectors import VECTORS
from putar.language.expr import Call, Expr, walk
from putar.language.functions import FUNCTIONS
from putar.language.model import Equation, Model, Variable
from putar.language.subscripts import Place

__all__ = ["Reduced", "reduce"]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A model in a target's words; references are full names behind a point."""

    model: Model
    losses: tuple[Loss, ...]


def reduce(model: Model, target: Target) -> Reduced:
    """Return a model in the words of a target, and what could not be said in them."""
    return _Reducer(model, target).reduced()


class _Reducer:
    def __init__(self, model: Model, target: Target) -> None:
        self.whole, self.target = model, target
        model = model if target.switches else with_switches(model)
        if target.origin != model.origin or not target.nonnegative:
            model = with_limits(model, nonnegative=target.nonnegative)
        if not target.origin:
            model = with_own_flows(model)
        self.model = model
        first = dict.fromkeys((*TABLES, "LOOKUP"), looked_up)
        special = {**MEMORY, **VECTORS, "POINTS": in_place}
        self.resolver = Resolver(model, target)
        names = {*model.by_name, *(d.name for d in model.dimensions), *(r.name for r in model.subsystems)}
        self.words = Words(model, target, self.resolver, names, first, special)

    def reduced(self) -> Reduced:
        found: list[Variable] = []
        for variable in self.model.variables:
            made = self._variable(variable)
            found.extend(self.words.made)
            found.append(made)
            self.words.made.clear()
        found = [self._flows(variable) for variable in found]
        time = self.model.time
        if time.method not in self.target.methods:
            near = {"rk2": "heun", "heun": "rk2"}.get(time.method, "rk4")
            what = f"the method {time.method}"
            self.words.lost(what, "time", f"written as {near}, the second order that {self.target.name} has")
            time = replace(time, method=near)
        maps = self.target.origin == "vensim"
        dimensions = tuple(d if maps else replace(d, maps=()) for d in self.model.dimensions)
        model = replace(
            self.model,
            variables=tuple(found),
            dimensions=dimensions,
            time=replace(time, frozen=self.target.frozen),
        )
        return Reduced(model, tuple(self.words.losses))

    # one variable -------------------------------------------------------------------------

    def _variable(self, variable: Variable) -> Variable:
        if variable.kind == "constant" or (variable.equation is None and not variable.elements):
            return variable
        variable = self._gathered(variable)
        way: dict[bool, bool] = {}
        equation: Equation | None = None
        elements: list[tuple[tuple[str, ...], Equation]] = []
        shared: dict[int, Equation | None] = {}
        for tuples, own in self._groups(variable):
            whole = (
                own is variable.equation and not own.over and not (self.target.ranges and variable.elements)
            )
            made = self._shared(variable, own, way) if whole or self._piece(own, tuples) else None
            if made is not None and whole:
                equation = made
                continue
            shared[id(own)] = made
            if not variable.dimensions:
                equation = made or self._at(variable, own, (), way)
                continue
            elements.extend((one, made or self._at(variable, own, one, way)) for one in tuples)
        kind = "aux" if way.get(True) else variable.kind
        if kind == "aux" and variable.kind == "curve":
            variable = replace(variable, points=None, element_points=())
        return replace(variable, kind=kind, equation=equation, elements=tuple(elements))

    def _gathered(self, variable: Variable) -> Variable:
        """Return an array whose elements all have one same equation over vectors with that equation alone.

        Forms that write elements one by one say so; `x[a, b] = INVERT MATRIX(m[row, col], 2)` is no equation.
        """
        equations = [own for _, own in variable.elements]
        if len(equations) < 2 or variable.partial or variable.equation is not None:
            return variable
        first = equations[0]
        calls = [node for node in walk(first.expr) if isinstance(node, Call)]
        vectors = any(FUNCTIONS[c.function].takes == "vector" for c in calls if c.function in FUNCTIONS)
        if not vectors or any(own.over or own.expr != first.expr for own in equations):
            return variable
        return replace(variable, equation=first, elements=())

    def _groups(self, variable: Variable) -> Iterator[tuple[list[tuple[str, ...]], Equation]]:
        """Yield every equation with the elements that it holds for."""
        given = dict(variable.elements)
        groups: dict[int, tuple[list[tuple[str, ...]], Equation]] = {}
        for elements in self.model.element_tuples(variable):
            equation = given.get(elements, variable.equation)
            if equation is not None:
                groups.setdefault(id(equation), ([], equation))[0].append(elements)
        yield from groups.values()

    def _piece(self, own: Equation, tuples: list[tuple[str, ...]]) -> bool:
        """Return whether an equation is for all elements of a left side that the target can write."""
        if not self.target.ranges or not own.over:
            return False
        members = [self.model.dimension_elements.get(word, (word,)) for word in own.over]
        return set(product(*members)) == set(tuples)

    def _shared(self, variable: Variable, own: Equation, way: dict[bool, bool]) -> Equation | None:
        expr = self.resolver.shared(variable, own.over, own.expr)
        if expr is None:
            return None
        context = Context(variable, own.over or variable.dimensions)
        return replace(own, expr=self._said(context, expr, way), text="")

    def _at(
        self, variable: Variable, own: Equation, elements: tuple[str, ...], way: dict[bool, bool]
    ) -> Equation:
        expr = self.resolver.at(Place(variable, elements, own.over), own.expr)
        said = self._said(Context(variable, (), elements), expr, way)
        return Equation(said, "", own.where, elements if self.target.ranges else ())

    def _said(self, context: Context, expr: Expr, way: dict[bool, bool]) -> Expr:
        said = self.words.expression(context, expr)
        if context.variable.kind == "curve":
            read = read_curve(self.words, context, said)
            way[read is not None] = True
            said = said if read is None else read
        if self.target.leads:
            said = self._led(context, said)
        return numbered(said)

    def _led(self, context: Context, expr: Expr) -> Expr:
        """Return an expression without functions that must stand alone, but for the one that it is."""
        alone = context.variable.kind not in ("stock", "curve")

        def take(node: Expr) -> Expr | None:
            if isinstance(node, Call) and node.function in self.target.leads:
                if node is expr and alone:
                    return Call(node.function, tuple(descend(arg, take) for arg in node.args))
                inner = Call(node.function, tuple(descend(arg, take) for arg in node.args))
                name = self.words.helper_name(context, node.function.lower())
                return self.words.add(context, name, "aux", inner)
            return None

        return descend(expr, take)

    # flows --------------------------------------------------------------------------------

    def _flows(self, variable: Variable) -> Variable:
        if variable.kind != "stock":
            return variable

        def full(name: str) -> str:
            found = self.model.resolve(name, variable.subsystem)
            return name if found is None else f".{found}"

        return replace(
            variable,
            inflows=tuple(full(f) for f in variable.inflows),
            outflows=tuple(full(f) for f in variable.outflows),
        )
