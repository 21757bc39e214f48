"""A model, rewritten with what a target can say: the same numbers in fewer kinds of words.

Every reference is made explicit (`resolve`), functions that the target lacks become formulas of those that it
has (`formulas`), or variables of their own where they remember something (`memory`), and tables are put into
the forms that it knows (`curves`). What cannot be said stays under its own name and is a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from putar.formats.writing.concrete import MOST_TERMS, halved
from putar.formats.writing.formulas import FORMULAS
from putar.formats.writing.loss import Loss
from putar.formats.writing.resolve import Resolver
from putar.formats.writing.target import TIMED, Target
from putar.language.expr import (
    All,
    Binary,
    Call,
    Computed,
    Each,
    Expr,
    If,
    Index,
    Name,
    Number,
    Unary,
    rebuild,
    walk,
)
from putar.language.functions import FUNCTIONS
from putar.language.model import Equation, Model, Variable
from putar.language.parse import parse_expression

__all__ = ["Context", "Special", "Words", "negative", "numbered"]

_DRAWN = frozenset(
    {"NORMAL", "LOGNORMAL", "EXPRND", "POISSON"} | {f for f in FUNCTIONS if f.startswith("RANDOM")}
)


@dataclass(slots=True)
class Context:
    """Where an expression stands: its variable, the ranges it is written over, or its one element."""

    variable: Variable
    over: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()

    @property
    def subscripts(self) -> tuple[Index, ...]:
        """How a helper over the same ranges is referred to."""
        return tuple(Index(word) for word in self.over)


Special = Callable[["Words", Context, Call], Expr | None]


def numbered(expr: Expr) -> Expr:
    """Return an expression whose calls are told apart by their places, as those of a text are."""
    count = iter(range(1, 1_000_000_000))
    return rebuild(expr, lambda node: replace(node, at=next(count), width=1))


@dataclass(slots=True)
class Words:
    """Puts expressions into a target's words; helpers that they need are collected in `made`.

    `first` are functions that are always rewritten by a function of their own, `special` those that are
    where the target does not say them; one that gives None leaves it to the formulas.
    """

    model: Model
    target: Target
    resolver: Resolver
    names: set[str]
    first: Mapping[str, Special]
    special: Mapping[str, Special]
    made: list[Variable] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    known: dict[object, str] = field(default_factory=dict)

    def lost(self, what: str, where: str, why: str) -> None:
        """Note a loss once."""
        loss = Loss(what, where, why)
        if loss not in self.losses:
            self.losses.append(loss)

    # helpers ------------------------------------------------------------------------------

    def free_name(self, name: str) -> str:
        """Return a name that no variable has, taken from now on."""
        name = name.replace("\u00b7", "_")
        wanted, count = name, 1
        while wanted in self.names:
            count += 1
            wanted = f"{name}_{count}"
        self.names.add(wanted)
        return wanted

    def helper_name(self, context: Context, word: str) -> str:
        """Return a free name for a part of a variable's equation."""
        parts = [context.variable.name, *(() if context.over else context.elements), word]
        return self.free_name("_".join(parts))

    def add(self, context: Context, name: str, kind: str, expr: Expr, **more: object) -> Name:
        """Add a helper over the context's ranges and return a reference to it."""
        equation = Equation(numbered(expr), "", context.variable.where)
        dimensions = tuple(d for d in context.over if d in self.model.dimension_elements)
        variable = Variable(
            name,
            kind,
            equation=equation,
            dimensions=dimensions,
            where=context.variable.where,
            reason=f"a part of {context.variable.label}",
            **more,  # type: ignore[arg-type]
        )
        self.made.append(variable)
        return self.reference(context, name)

    def reference(self, context: Context, name: str) -> Name:
        """Return a reference to a helper over the context's ranges."""
        return Name(f".{name}", tuple(Index(d) for d in context.over if d in self.model.dimension_elements))

    def let(self, context: Context, expr: Expr, word: str) -> Expr:
        """Return an expression that may stand twice: itself if it is plain, else a helper's name."""
        plain = isinstance(expr, Number) or (
            isinstance(expr, Name) and not any(isinstance(s, Computed) for s in expr.subscripts)
        )
        if plain:
            return expr
        sliced = [n for n in walk(expr) if isinstance(n, Name)]
        if any(isinstance(s, All | Each) for n in sliced for s in n.subscripts) and not any(
            isinstance(n, Call) for n in walk(expr)
        ):
            return expr
        return self.add(context, self.helper_name(context, word), "aux", self.expression(context, expr))

    # expressions --------------------------------------------------------------------------

    def expression(self, context: Context, expr: Expr) -> Expr:
        """Return an expression in the target's words."""
        return rebuild(expr, lambda node: self.node(context, node))

    def node(self, context: Context, node: Expr) -> Expr:
        """Return a node whose parts are in the target's words already."""
        match node:
            case Call():
                return self.call(context, node)
            case Binary(op="MOD", left=left, right=right) if not self.target.remainder:
                return self.formula(context, Call("MOD", (left, right)))
            case Name(name="time_of_step"):
                return self.now(context)
            case Name(subscripts=subscripts) if any(isinstance(s, Computed) for s in subscripts):
                return self.computed(context, node)
        return node

    def call(self, context: Context, call: Call) -> Expr:
        """Return a call in the target's words."""
        function = call.function
        if function in _DRAWN:
            self.lost(
                f"the draws of {function}",
                context.variable.name,
                f"{self.target.name} draws streams of its own",
            )
        first = self.first.get(function)
        if first is not None:
            return first(self, context, call) or call
        if function in ("MIN", "MAX", "SUM", "PROD", "MEAN", "SIZE") and not _sliced(call):
            return _plainly(call)
        timed = function in TIMED and self.model.time.method != "euler"
        if self.target.says(call) and not (timed and self.model.time.frozen != self.target.frozen):
            return call
        made = self.special.get(function)
        found = None if made is None else made(self, context, call)
        if found is not None:
            return found
        if (function, len(call.args)) in FORMULAS:
            return self.formula(context, call)
        if function not in self.target.functions:
            self.lost(
                f"the function {function}",
                context.variable.name,
                f"{self.target.name} has none; only putar reads it",
            )
        return call

    def formula(self, context: Context, call: Call) -> Expr:
        """Return a call as the formula of its row."""
        *steps, last = FORMULAS[(call.function, len(call.args))].split("; ")
        named = [step.partition(" := ") for step in steps]
        trees = [parse_expression(text) for _, _, text in named]
        whole = parse_expression(last)
        uses: dict[str, int] = {}
        for tree in (*trees, whole):
            for part in walk(tree):
                if isinstance(part, Name):
                    uses[part.name] = uses.get(part.name, 0) + 1
        word = call.function.lower()
        given: dict[str, Expr] = {"now": self.now(context)}
        for index, arg in enumerate(call.args, 1):
            name = f"a{index}"
            given[name] = arg if uses.get(name, 0) < 2 else self.let(context, arg, f"{word}_of")

        def fill(part: Expr) -> Expr:
            return given.get(part.name, part) if isinstance(part, Name) else part

        for (name, _, _), tree in zip(named, trees, strict=True):
            value = self.expression(context, rebuild(tree, fill))
            given[name] = value if uses.get(name, 0) < 2 else self.let(context, value, name)
        return self.expression(context, rebuild(whole, fill))

    def now(self, context: Context) -> Expr:
        """Return the time that functions of time look at: of the step, where the model holds it."""
        time = self.model.time
        if not time.frozen or time.method == "euler":
            return Name("time")
        if "now" not in self.known:
            self.known["now"] = self.free_name("time_at_step")
            soon = Binary("+", Name("time"), Name("dt"))
            here = Context(replace(context.variable, name="time_at_step"))
            held = self.expression(here, Call("PREVIOUS", (soon, Name("starttime"))))
            equation = Equation(numbered(held))
            reason = "the time at which the step began"
            self.made.append(Variable(self.known["now"], "aux", equation=equation, reason=reason))
        return Name(f".{self.known['now']}")

    # arrays at computed places ------------------------------------------------------------

    def computed(self, context: Context, node: Name) -> Expr:
        """Return a reference with subscripts that are computed."""
        if self.target.name != "Vensim":
            return node
        variable = self.model[node.name.removeprefix(".")]
        dimensions = [self.model.dimension_elements[d] for d in variable.dimensions]
        choices = [
            d if isinstance(s, Computed) else (s,) for s, d in zip(node.subscripts, dimensions, strict=True)
        ]
        places = [s.expr for s in node.subscripts if isinstance(s, Computed)]
        whole = [
            self.let(context, self.expression(context, Call("INT", (place,))), "place") for place in places
        ]
        nodes: list[tuple[tuple[float, ...], Expr]] = []
        for chosen in product(*[list(enumerate(c, 1)) for c in choices]):
            at = tuple(
                float(i) for (i, _), s in zip(chosen, node.subscripts, strict=True) if isinstance(s, Computed)
            )
            subscripts = tuple(Index(e) if isinstance(e, str) else e for _, e in chosen)
            nodes.append((at, Name(node.name, subscripts)))
        found: Expr = Number(0.0)
        if len(nodes) > MOST_TERMS:
            self.lost(
                f"{node.name.removeprefix('.')} at a computed place",
                context.variable.name,
                "too many elements",
            )
            return found
        for at, value in reversed(nodes):
            condition = _all([Binary("=", w, Number(i)) for w, i in zip(whole, at, strict=True)])
            found = If(condition, value, found)
        return found


def _all(conditions: Sequence[Expr]) -> Expr:
    total = conditions[0]
    for condition in conditions[1:]:
        total = Binary("AND", total, condition)
    return total


def _sliced(call: Call) -> bool:
    return any(
        isinstance(s, All | Each)
        for arg in call.args
        for node in walk(arg)
        if isinstance(node, Name)
        for s in node.subscripts
    )


def _plainly(call: Call) -> Expr:
    """Return a reducer of single values as operators, or as calls with two arguments."""
    args = call.args
    if call.function == "SIZE":
        return Number(float(len(args)))
    if call.function in ("MIN", "MAX"):
        return halved(call.function, args)
    total = args[0]
    for arg in args[1:]:
        match call.function:
            case "PROD":
                total = Binary("*", total, arg)
            case _:
                total = Binary("+", total, arg)
    return (
        Binary("/", total, Number(float(len(args)))) if call.function == "MEAN" and len(args) > 1 else total
    )


def negative(value: float) -> Expr:
    """Return a number as an expression."""
    return Number(value) if value >= 0 or value != value else Unary("-", Number(-value))
