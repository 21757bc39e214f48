"""The Model: what a flywheel or any other feedback model says, independent of file format.

A Model is plain frozen data: dimensions, units, subsystems, variables and links. Readers make it,
writers print it, `check` finds what is wrong with it and the engine lowers it. It knows no numbers
but the ones that were written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from putar.errors import Problem, UsageError, Where, nearest
from putar.language.expr import Expr

__all__ = [
    "INTEGRATIONS",
    "KINDS",
    "NOT_AVAILABLE",
    "STATUSES",
    "Dimension",
    "Distribution",
    "Equation",
    "Link",
    "Model",
    "Parameter",
    "Points",
    "Subsystem",
    "TimeSpec",
    "UnitDeclaration",
    "Variable",
    "element_name",
    "shares_flow",
]

KINDS = ("stock", "flow", "aux", "curve", "constant")
INTEGRATIONS = ("euler", "rk2", "heun", "rk4")  # the rows of engine.methods, by their names
STATUSES = ("reported", "estimated", "claimed", "assumed", "fitted", "lever", "fixed")
NOT_AVAILABLE = -(2.0**109)  # Vensim's :NA:, a number like any other
NOWHERE = Where("model")


def element_name(name: str, elements: tuple[str, ...]) -> str:
    """Return how one element of an array is called: `users.users[openai]`."""
    return f"{name}[{','.join(elements)}]" if elements else name


@dataclass(frozen=True, slots=True)
class Dimension:
    """A named list of elements; dimensions may share elements (a sub-range of another).

    `maps` says which element of another dimension each element stands for: (dimension, pairs of an
    own element and one of the other's).
    """

    name: str
    elements: tuple[str, ...]
    where: Where = field(default=NOWHERE, compare=False)
    maps: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    spelling: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class UnitDeclaration:
    """A unit: a base unit (no definition), or a multiple such as `1e9 USD`."""

    name: str
    definition: str | None = None
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Subsystem:
    """A room of variables; `title` is what a person reads."""

    name: str
    title: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A graphical function: x ascending.

    Between points it is linear, log (in y), step (y of the next lower x) or next (y of the next higher
    x); raw has values at the points alone and NOT_AVAILABLE elsewhere. Outside it holds or extrapolates.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    between: str = "linear"
    outside: str = "hold"


@dataclass(frozen=True, slots=True)
class Equation:
    """An expression with the text it was written as and its place.

    `over` has the subscripts of its own left side, where they differ from the variable's dimensions:
    the equation of `x[young] = ...` is written over `young`, a part of the dimension of x.
    """

    expr: Expr
    text: str = field(default="", compare=False)
    where: Where = field(default=NOWHERE, compare=False)
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    """How it is drawn: uniform(low, high), lognormal(median, log_sd) or triangular(low, mode, high)."""

    kind: str
    first: float
    second: float
    third: float | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers in the order of the form."""
        return (self.first, self.second) if self.third is None else (self.first, self.second, self.third)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known of a constant, or of one element of an array constant.

    `value` is what was assumed before any data were used; `fitted`, where present, is what runs.
    """

    value: float
    fitted: float | None = None
    low: float | None = None
    high: float | None = None
    distribution: Distribution | None = None
    status: str | None = None
    facts: tuple[str, ...] = ()
    reason: str = ""
    where: Where = field(default=NOWHERE, compare=False)

    @property
    def runs(self) -> float:
        """The value a run uses when nothing else is asked for."""
        return self.value if self.fitted is None else self.fitted

    def holds(self, value: float) -> bool:
        """Return whether a value is within the range; an end that is None is open."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Variable:
    """A stock, flow, auxiliary, curve or constant.

    `equation` is a stock's initial value, a curve's input (None for a table that is called), a
    constant's number, or what a flow or auxiliary is. `elements` and `element_points` override it
    for single elements of an array. Names are qualified by the subsystem: `fleet.capacity`.
    A constant has no equation but one `Parameter`, or one an element, with its own status, facts
    and reason; `status` and `facts` of the variable itself are for curves and equations. A `partial`
    array has elements without an equation, which nothing may read. `spelling` is the author's own, and so is
    `span`: between which numbers a display shows the variable, and in which steps (`0,?,1`; `?` is open).
    """

    name: str
    kind: str
    unit: str = ""
    equation: Equation | None = None
    dimensions: tuple[str, ...] = ()
    elements: tuple[tuple[tuple[str, ...], Equation], ...] = ()
    inflows: tuple[str, ...] = ()
    outflows: tuple[str, ...] = ()
    points: Points | None = None
    element_points: tuple[tuple[tuple[str, ...], Points], ...] = ()
    input_unit: str | None = None
    status: str | None = None
    facts: tuple[str, ...] = ()
    reason: str = ""
    parameter: Parameter | None = None
    element_parameters: tuple[tuple[tuple[str, ...], Parameter], ...] = ()
    nonnegative: bool = False
    comments: tuple[str, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)
    partial: bool = False
    spelling: str = field(default="", compare=False)
    span: str = field(default="", compare=False)

    @property
    def subsystem(self) -> str:
        """The room the variable is in; empty for a global one."""
        return self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        """The name without its subsystem."""
        return self.name.rpartition(".")[2]

    @property
    def label(self) -> str:
        """The name as a person reads it."""
        return self.spelling or self.short.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Link:
    """A coupling that can be integrated (switch 1) or at arm's length (switch 0)."""

    id: str
    title: str = ""
    source: str = ""
    target: str = ""
    where: Where = field(default=NOWHERE, compare=False)

    @property
    def switch(self) -> str:
        """The name equations use for the switch."""
        return f"links.{self.id}"


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """When a run starts and stops, its step, the unit of time, the method and the saved step.

    `frozen` says that functions of time and data hold still within a step, whatever the method.
    """

    start: float
    stop: float
    step: float
    unit: str = "year"
    method: str = "euler"
    save: float | None = None
    where: Where = field(default=NOWHERE, compare=False)
    frozen: bool = False

    @property
    def steps(self) -> int:
        """How many steps a run has."""
        return int((self.stop - self.start) / self.step + 1e-9)

    @property
    def save_every(self) -> int:
        """How many steps lie between two saved rows."""
        return max(1, round((self.save or self.step) / self.step))


@dataclass(frozen=True)
class Model:
    """A whole model; look a variable up with `model["fleet.capacity"]`.

    `notes` are findings of the reader that are no errors. `kept` are parts of a file that mean nothing
    to a run and are written back, such as sketches: (name of the part, text). `origin` names the tool
    whose file the model was read from; units of such a model are only warned about.
    """

    name: str
    time: TimeSpec
    variables: tuple[Variable, ...]
    dimensions: tuple[Dimension, ...] = ()
    units: tuple[UnitDeclaration, ...] = ()
    subsystems: tuple[Subsystem, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Problem, ...] = field(default=(), compare=False)
    kept: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    origin: str = field(default="", compare=False)

    @cached_property
    def by_name(self) -> Mapping[str, Variable]:
        """Variables by qualified name."""
        return {variable.name: variable for variable in self.variables}

    @cached_property
    def internal(self) -> frozenset[str]:
        """Variables that a reader put beside the author's: the slats of a belt, the insides of a macro.

        Their name is that of a variable with a middle dot and a word more; an author's own name may have
        such a dot where the file has a point.
        """
        return frozenset(
            variable.name
            for variable in self.variables
            if "\u00b7" in variable.name
            and variable.name.partition("\u00b7")[0] in self.by_name
            and not {".", "\u00b7"} & {*variable.spelling}
        )

    @cached_property
    def settable(self) -> frozenset[str]:
        """What a run may set: constants, element by element, and the links' switches."""
        names = (name for variable in self.variables for name, _ in self.parameters(variable))
        return frozenset([*names, *(link.switch for link in self.links)])

    @cached_property
    def dimension_elements(self) -> Mapping[str, tuple[str, ...]]:
        """Elements by dimension name."""
        return {dimension.name: dimension.elements for dimension in self.dimensions}

    def __getitem__(self, name: str) -> Variable:
        try:
            return self.by_name[name]
        except KeyError:
            raise self.unknown(name) from None

    def unknown(self, name: str) -> UsageError:
        """Return the error that says a name is unknown, with the nearest right one."""
        near = nearest(name, [*self.by_name, *(link.switch for link in self.links)])
        fix = f"did you mean {near!r}?" if near else "see the names with 'putar check'"
        return UsageError(f"unknown variable {name!r} in {self.name}", fix)

    def element_tuples(self, variable: Variable) -> Iterator[tuple[str, ...]]:
        """Yield the element tuples of a variable, row-major; one empty tuple for a scalar.

        Elements of a partial array that have no equation are left out.
        """
        tuples = product(*(self.dimension_elements[d] for d in variable.dimensions))
        if variable.partial:
            given = self.given[variable.name]
            return (elements for elements in tuples if elements in given)
        return tuples

    @cached_property
    def given(self) -> Mapping[str, frozenset[tuple[str, ...]]]:
        """The elements of partial arrays that have an equation, points or a number, by variable."""
        found: dict[str, frozenset[tuple[str, ...]]] = {}
        for variable in self.variables:
            if variable.partial:
                own = (*variable.elements, *variable.element_points, *variable.element_parameters)
                found[variable.name] = frozenset(elements for elements, _ in own)
        return found

    @cached_property
    def positions(self) -> Mapping[str, Mapping[str, int]]:
        """The 1-based position of each element, by dimension and element."""
        return {d.name: {e: i for i, e in enumerate(d.elements, 1)} for d in self.dimensions}

    @cached_property
    def dimension_maps(self) -> Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]:
        """What each dimension's elements stand for in others: by dimension and by the other."""
        return {d.name: dict(d.maps) for d in self.dimensions if d.maps}

    def parameters(self, variable: Variable) -> tuple[tuple[str, Parameter], ...]:
        """Return the parameters of a constant with their element names, in element order."""
        if variable.parameter is not None and not variable.dimensions:
            return ((variable.name, variable.parameter),)
        given = dict(variable.element_parameters)
        shared = variable.parameter
        found = ((elements, given.get(elements, shared)) for elements in self.element_tuples(variable))
        return tuple((element_name(variable.name, e), p) for e, p in found if p is not None)

    def element_names(self, variable: Variable) -> tuple[str, ...]:
        """Return the names of a variable's elements, `users.users[openai]` and so on."""
        return tuple(element_name(variable.name, e) for e in self.element_tuples(variable))

    def resolve(self, name: str, subsystem: str) -> str | None:
        """Return the qualified name a reference means inside a subsystem, or None.

        The same subsystem comes first, then its enclosing ones, then the global names. A name that
        begins with a point is the full name of a variable.
        """
        if name.startswith("."):
            return name[1:] if name[1:] in self.by_name else None
        room = subsystem
        while room:
            if f"{room}.{name}" in self.by_name:
                return f"{room}.{name}"
            room = room.rpartition(".")[0]
        return name if name in self.by_name or name in self._switches else None

    @cached_property
    def _switches(self) -> frozenset[str]:
        dates = {"links.cut_date"} if self.links else set()
        return frozenset({link.switch for link in self.links} | dates)


def shares_flow(model: Model, stock: Variable) -> bool:
    """Return whether a flow of a stock is on the same side of another one, so that no one may limit it."""
    if not model.origin:
        return False
    for other in model.variables:
        if other.kind == "stock" and other is not stock:
            for mine, others in ((stock.inflows, other.inflows), (stock.outflows, other.outflows)):
                theirs = {model.resolve(flow, other.subsystem) for flow in others}
                if any(model.resolve(flow, stock.subsystem) in theirs for flow in mine):
                    return True
    return False
