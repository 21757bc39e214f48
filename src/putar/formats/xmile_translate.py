"""An XMILE expression, put into the language's words: names of a module in full, vendors' functions.

Macros are expanded: each call gets variables of its own, so that its stocks live for the whole run.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from putar.errors import ModelError, Problem, Where, nearest
from putar.formats.formula import MOST_PARTS, filled, parts_in
from putar.formats.start_values import AtStart, Unknown
from putar.formats.xmile_functions import DERIVED, REFUSED, SEEDED
from putar.formats.xmile_names import FILE, declared
from putar.formats.xmile_tree import Element
from putar.language.expr import (
    Binary,
    Call,
    Computed,
    Expr,
    If,
    Index,
    Name,
    Number,
    Subscript,
    Unary,
    children,
    rebuild,
    walk,
)
from putar.language.functions import CONSTANTS, FUNCTIONS
from putar.language.model import Points
from putar.language.parse import parse_expression, place

__all__ = ["Context", "Translator", "is_empty"]

REDUCERS_OF_POINTS: dict[str, Callable[[Sequence[float]], float]] = {
    "MIN": min,
    "MAX": max,
    "SUM": math.fsum,
    "MEAN": statistics.fmean,
    "STDDEV": statistics.pstdev,
    "SIZE": lambda ys: float(len(ys)),
}
MOST_DERIVATIVES = 6
BEGUN = "PREVIOUS(TIME + DT, STARTTIME)"  # the time at the start of the step
MOST_GUESSES = 40
MOST_CALLS = 20_000
DEEPEST_CALLS = 1000  # of a macro that calls itself


@dataclass(frozen=True, slots=True)
class Context:
    """Where an equation stands: its room, its variable, and what a macro's parameters mean there.

    `values` has the parameters that a call gives as numbers; choices that depend on them alone are made
    while reading, so that a macro may call itself.
    """

    room: str
    name: str
    over: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    vensim: bool = False
    lead: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


def is_empty(text: str) -> bool:
    """Return whether an equation has nothing but comments."""
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and not sign.isspace() and sign != "}":
            return False
    return True


class Translator:
    """Puts expressions into words; `expand` is asked to add the variables of a macro's call.

    `points` gives the table that a name in a room is, when it is a table and nothing else.
    """

    def __init__(
        self,
        dimensions: Mapping[str, tuple[str, ...]],
        known: Callable[[str, str], str | None],
        macros: Mapping[str, Element],
        expand: Callable[[Element, str, Context, tuple[Expr, ...], Where], None],
        points: Callable[[str, str], Points | None],
        *,
        stella: bool = False,
    ) -> None:
        self.dimensions, self.known, self.macros, self.expand = dimensions, known, macros, expand
        self.elements = {element for elements in dimensions.values() for element in elements}
        self.problems: list[Problem] = []
        self.refused: set[str] = set()
        self.elements_of: Mapping[str, Element] = {}
        self.points = points
        self.calls = 0
        self.stella = stella
        self.notes: list[Problem] = []
        self.by_euler: list[Problem] = []  # what is wrong where another method is asked for

    def expression(self, text: str, where: Where, context: Context) -> Expr | None:
        """Return the expression of an equation, or None when it is refused."""
        before = len(self.problems)
        try:
            tree = parse_expression(text, where, FILE)
        except ModelError as error:
            self.problems.extend(error.problems)
            self.refused.add(context.name)
            return None
        if context.values:
            tree = rebuild(tree, partial(_chosen, context.values))
        made = rebuild(tree, _One(self, text, where, context).change)
        if len(self.problems) == before:
            return made
        self.refused.add(context.name)
        return None

    def absolute(self, room: str, node: Name) -> Name:
        """Return a reference that means the variable of that full name, read inside a room."""
        while room:
            if f"{room}.{node.name}" in self.elements_of:
                return replace(node, name=f".{node.name}")
            room = room.rpartition(".")[0]
        return node


def _chosen(values: Mapping[str, float], node: Expr) -> Expr:
    """Return a node with the numbers of a call put in, and the branch that they choose."""
    if isinstance(node, Name) and not node.subscripts and node.name in values:
        return Number(values[node.name], "", node.at, node.width)
    if isinstance(node, If) and isinstance(node.condition, Number):
        return node.then if node.condition.value != 0 else node.otherwise
    if isinstance(node, Binary | Unary | Call) and all(isinstance(c, Number) for c in children(node)):
        with suppress(Unknown):
            return Number(AtStart({}).value(node), "", node.at, node.width)
    return node


@dataclass(slots=True)
class _One:
    all: Translator
    text: str
    where: Where
    context: Context

    def problem(self, node: Expr, what: str, fix: str, kind: str = "name") -> Expr:
        """Note that a part cannot be read, and put a number in its place."""
        where = place(self.text, self.where, node.at, node.width)
        self.all.problems.append(Problem("error", kind, where, f"{self.context.name}: {what}", fix))
        return Number(0.0, "", node.at, node.width)

    def _nearest(self, word: str, known: Sequence[str]) -> str | None:
        """Return what was probably meant; a file with very many mistakes is not asked about each."""
        return nearest(word, known) if len(self.all.problems) < MOST_GUESSES else None

    def change(self, node: Expr) -> Expr:
        """Return a node whose parts are already translated."""
        match node:
            case Call():
                return self.call(node)
            case Name():
                made = self.named(node)
                return self.all.absolute(self.context.room, made) if isinstance(made, Name) else made
            case Binary(op="MOD", left=left, right=right) if self.context.vensim:
                return Call("MODULO", (left, right), node.at, node.width)
        return node

    def named(self, node: Name) -> Expr:
        """Return what a name means: a variable, the time, a dimension or one of its elements."""
        subscripts = tuple(self._subscript(node, s) for s in node.subscripts)
        word = node.name
        points = self.all.points(self.context.room, word) if len(subscripts) == 1 else None
        if points is not None and isinstance(subscripts[0], Index) and subscripts[0].name.isdigit():
            at = int(subscripts[0].name)
            return Number(points.ys[at - 1] if 1 <= at <= len(points.ys) else 0.0, "", node.at, node.width)
        if word in self.context.names:
            lead = tuple(Index(d) for d in self.context.lead)
            return replace(node, name=self.context.names[word], subscripts=(*lead, *subscripts))
        if word == "self":
            return replace(node, name=self.context.name, subscripts=subscripts)
        known = self._known(word)
        if known is not None:
            same = known == node.name and subscripts == node.subscripts
            return node if same else replace(node, name=known, subscripts=subscripts)
        if word in CONSTANTS and not subscripts:
            return node
        dimension, _, element = word.partition(".")
        members = self.all.dimensions.get(dimension)
        if members is not None and not subscripts and (not element or element in members):
            return node
        if word.upper() in DERIVED and 0 in DERIVED[word.upper()][0]:
            return self._formula(node, (), DERIVED[word.upper()][1])
        if word.upper() in FUNCTIONS or word.upper() in DERIVED:
            return self.problem(node, f"{word!r} is a function and needs arguments", "give them in brackets")
        if word.upper() in REFUSED:
            return self._refused(node, word.upper())
        near = self._nearest(word, list(self.context.names) + sorted(self.all.dimensions))
        fix = f"did you mean {near!r}?" if near else "define it, or correct the name"
        return self.problem(node, f"unknown name {word!r}", fix)

    def _is_table(self, known: str) -> bool:
        element = self.all.elements_of.get(known)
        parts = [] if element is None else [element, *element.all("element")]
        return element is None or element.tag == "gf" or any(p.find("gf") is not None for p in parts)

    def _known(self, word: str) -> str | None:
        return self.all.known(self.context.room, word)

    def _subscript(self, node: Name, subscript: Subscript) -> Subscript:
        if not isinstance(subscript, Index):
            return subscript
        name = subscript.name
        if name in self.all.dimensions or name in self.all.elements or name.isdigit():
            return subscript
        dimension, _, element = name.partition(".")
        if element and element in self.all.dimensions.get(dimension, ()):
            return Index(element)
        known = self.context.names.get(name) or self._known(name)
        if known is not None:
            return Computed(Name(known, tuple(Index(d) for d in self.context.lead), node.at, node.width))
        if name in CONSTANTS:
            return Computed(Name(name, (), node.at, node.width))
        near = self._nearest(name, [*self.all.dimensions, *self.all.elements])
        fix = f"did you mean {near!r}?" if near else "declare it in a dimension"
        self.problem(node, f"unknown subscript {name!r}", fix)
        return subscript

    def call(self, node: Call) -> Expr:
        """Return what a call means: a macro, a table, a function."""
        function = node.function.upper()
        word = node.function.lower()
        known = self.context.names.get(word) or self._known(word)
        if known is not None and len(node.args) == 1 and self._is_table(known):
            lead = tuple(Index(d) for d in self.context.lead) if word in self.context.names else ()
            return Call("LOOKUP", (Name(known, lead, node.at, node.width), *node.args), node.at, node.width)
        macro = self.all.macros.get(word)
        if macro is not None:
            return self._macro(node, macro)
        args = node.args
        if function in SEEDED and len(args) == SEEDED[function] + 1:
            args = args[:-1]  # a seed: the stream is putar's own
        if not args and word in CONSTANTS:
            return Name(word, (), node.at, node.width)
        if self.context.vensim and function == "INT":
            function = "TRUNC"
        if function in DERIVED:  # where the language has the same name, it is another tool's
            takes, text = DERIVED[function]
            if len(args) in takes:
                return self._formula(node, args, text)
            return self.problem(
                node, f"{function} takes {takes[0]} arguments, {len(args)} given", "see its help"
            )
        special = self._special(function, len(args))
        if special is not None:
            return special(node, args)
        number = self._of_table(function, args)
        if number is not None:
            return Number(number, "", node.at, node.width)
        if function in FUNCTIONS and function != "NPV" and (function, len(args)) != ("HISTORY", 3):
            if function == "DELAYN" and len(args) == 2:
                return self.problem(node, "DELAYN takes an order", "DELAYN(input, time, order)")
            return replace(node, function=function, args=args)
        if function in REFUSED:
            return self._refused(node, function)
        near = self._nearest(function, [*FUNCTIONS, *DERIVED, *[m.upper() for m in self.all.macros]])
        fix = f"did you mean {near!r}?" if near else "see docs/formats.md"
        return self.problem(node, f"unknown function {function!r}", fix, "unsupported")

    def _special(self, function: str, count: int) -> Callable[[Call, tuple[Expr, ...]], Expr] | None:
        """Return what makes a function that is more than a formula of its arguments, by their number."""
        match function, count:
            case "HISTORY", 2:
                return self._history
            case "DERIVN", 2:
                return self._derivative
            case "ENDVAL", 1 | 2:
                return self._end_of_run_before
            case "PULSE", 1:
                return self._pulse_always
            case "PULSE", 2 if self.all.stella:
                return self._pulse_once
            case "CGROWTH", 1:
                return self._growth
        return None

    def _of_table(self, function: str, args: tuple[Expr, ...]) -> float | None:
        """Return what a function gives of a table's values, or the size of a dimension; None of all else."""
        if function not in REDUCERS_OF_POINTS or len(args) != 1 or not isinstance(args[0], Name):
            return None
        name, plain = args[0].name, not args[0].subscripts
        members = self.all.dimensions.get(name) if plain and self._known(name) is None else None
        if members is not None and function == "SIZE":
            return float(len(members))
        points = self.all.points(self.context.room, name) if plain else None
        return None if points is None else REDUCERS_OF_POINTS[function](points.ys)

    def _history(self, node: Call, args: tuple[Expr, ...]) -> Expr:
        """Return a value of some time ago, or at a date; 0 before the run and before the date."""
        when = args[1]
        if isinstance(when, Binary) and when.op == "-" and isinstance(when.right, Number):
            ago = when.right.value
            if isinstance(when.left, Name) and when.left.name == "time" and ago > 0:
                return self._formula(node, (args[0], when.right), "DELAY(a1, a2, 0)")
        if isinstance(when, Number):
            text = f"IF {BEGUN} < a2 - DT / 2 THEN 0 ELSE SAMPLE_IF_TRUE(ABS({BEGUN} - a2) < DT / 2, a1, 0)"
            return self._formula(node, args, text)
        return replace(node, function="HISTORY", args=args)

    def _derivative(self, node: Call, args: tuple[Expr, ...]) -> Expr:
        """Return a difference of differences over the step; 0 until there are as many steps before.

        Where a method looks ahead within a step, more time has passed: they are divided differences.
        """
        order = args[1].value if isinstance(args[1], Number) else math.nan
        if order not in range(MOST_DERIVATIVES + 1):
            return self._refused(node, "DERIVN")
        found = args[0]
        for before in range(int(order)):
            text = f"IF {BEGUN} < STARTTIME + {before + 0.5} * DT THEN 0 "
            since = f"(TIME - PREVIOUS(TIME, STARTTIME - DT) + {before} * DT) / {before + 1}"
            text += f"ELSE (a1 - PREVIOUS(a1, 0)) / ({since})"
            found = filled(text, {"a1": found}, node.at + before, node.width)
        return self._small(node, found)

    def _end_of_run_before(self, node: Call, args: tuple[Expr, ...]) -> Expr:
        """Return what a first run is given for the last value of the run before: the initial value."""
        return self._formula(node, args[-1:], "INIT(a1)")

    def _pulse_always(self, node: Call, args: tuple[Expr, ...]) -> Expr:
        """Return an amount that comes within each step, as Stella has it where no first pulse is given."""
        return self._formula(node, args, "a1 / DT")

    def _pulse_once(self, node: Call, args: tuple[Expr, ...]) -> Expr:
        """Return a pulse without an interval, of which Stella's help and the standard differ."""
        where = place(self.text, self.where, node.at, node.width)
        what = (
            f"{self.context.name}: PULSE without an interval comes once, as XMILE says; the help of Stella "
        )
        what += "lets it come in every step from then on"
        fix = "write an interval as the third argument, 0 for one pulse"
        self.all.notes.append(Problem("warning", "number", where, what, fix))
        return replace(node, function="PULSE", args=args)

    def _growth(self, node: Call, args: tuple[Expr, ...]) -> Expr:
        """Return the share a stock grows by at each time to grow by a percentage in a unit of time."""
        where = place(self.text, self.where, node.at, node.width)
        what = f"{self.context.name}: CGROWTH is not supported: {REFUSED['CGROWTH']}"
        self.all.by_euler.append(
            Problem("error", "unsupported", where, what, "use Euler's method, or write the rate itself")
        )
        return self._formula(node, args, "((1 + a1 / 100) ^ DT - 1) / DT")

    def _refused(self, node: Expr, function: str) -> Expr:
        what = f"{function} is not supported: {REFUSED[function]}"
        return self.problem(node, what, "rewrite the equation without it", "unsupported")

    def _formula(self, node: Expr, args: tuple[Expr, ...], text: str) -> Expr:
        given = {f"a{i}": arg for i, arg in enumerate(args, 1)}
        return self._small(node, filled(text, given, node.at, node.width))

    def _small(self, node: Expr, made: Expr) -> Expr:
        if parts_in(made) <= MOST_PARTS:
            return made
        name = node.function if isinstance(node, Call) else "what it names"
        what = f"with {name} written out this equation has {parts_in(made):,} parts"
        return self.problem(node, what, "give its arguments variables of their own", "unsupported")

    def _macro(self, node: Call, macro: Element) -> Expr:
        name = declared(macro.attributes.get("name", ""))
        if macro.find("sim_specs") is not None:
            what = f"the macro {name!r} has times of its own, and runs from start to end in each step"
            return self.problem(node, what, "leave its <sim_specs> out", "unsupported")
        again = self.context.path.count(name)
        if again and not all(isinstance(argument, Number) for argument in node.args):
            what = f"the macro {name!r} calls itself with more than numbers"
            return self.problem(node, what, "end the recursion by a parameter that counts down", "loop")
        if again >= DEEPEST_CALLS:
            what = f"the macro {name!r} calls itself {DEEPEST_CALLS} times, one in the other"
            return self.problem(node, what, "end the recursion", "loop")
        self.all.calls += 1
        if self.all.calls > MOST_CALLS:
            return self.problem(node, f"more than {MOST_CALLS} calls of macros", "call fewer")
        parameters = list(macro.all("parm"))
        least = sum("default" not in p.attributes for p in parameters)
        if not least <= len(node.args) <= len(parameters):
            wanted = ", ".join(p.text.strip() for p in parameters)
            return self.problem(node, f"the macro {name!r} takes ({wanted})", "give as many")
        if any(isinstance(part, Name) and not self._plain(part) for a in node.args for part in walk(a)):
            what = f"the macro {name!r} is called inside a sum over an array"
            return self.problem(node, what, "give the call a variable of its own", "unsupported")
        owner = self.context.name.partition(f"\u00b7{name}\u00b7")[0] if again else self.context.name
        prefix = f"{owner}\u00b7{name}\u00b7{self.all.calls}"
        where = place(self.text, self.where, node.at, node.width)
        self.all.expand(macro, prefix, self.context, node.args, where)
        return Name(prefix, tuple(Index(d) for d in self.context.over), node.at, node.width)

    def _plain(self, name: Name) -> bool:
        return all(isinstance(s, Index | Computed) for s in name.subscripts)
