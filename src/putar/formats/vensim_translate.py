"""A Vensim expression, put into the language's words: functions, names, elements, macros.

Macros are expanded: each call gets variables of its own, over the ranges of the equation it stands in,
so that its stocks live for the whole run. What cannot be put into words is reported with its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from putar.errors import ModelError, Problem, nearest
from putar.formats.formula import MOST_PARTS, filled, parts_in
from putar.formats.vensim_calendar import Calendar
from putar.formats.vensim_dialect import VENSIM, name_of
from putar.formats.vensim_entries import Entry, Macro
from putar.formats.vensim_functions import DERIVED, OLD, OLD_NAMES, PLAIN, REFUSED
from putar.formats.vensim_ranges import Ranges
from putar.language.expr import (
    Binary,
    Call,
    Computed,
    Each,
    Expr,
    Index,
    Name,
    Number,
    Subscript,
    Unary,
    rebuild,
    walk,
)
from putar.language.parse import parse_expression, place

__all__ = ["Scope", "Translator", "literal"]

TIMES = {"time": "time", "time_step": "dt", "initial_time": "starttime", "final_time": "stoptime"}
MADE_OF_DATA = ("TIME_SHIFT", "CUMULATE", "CUMULATEF")
RELATIONS = ("=", "<>", "<", "<=", ">", ">=")
OVER_RANGES = ("SUM", "PROD", "VMIN", "VMAX")
MOST_GUESSES = 40
LONG = 50  # parts of an argument that gets a variable of its own
MOST_CALLS = 20_000  # of macros in one model


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean inside one call of a macro.

    `names` are the variables of the call by their local name, `values` arguments that are put in
    directly, `over` the ranges of the equation that calls.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Expr] = field(default_factory=dict)
    over: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    caller: str = ""


def literal(expr: Expr) -> float | None:
    """Return the value of a number with or without a sign, else None."""
    match expr:
        case Number(value=value):
            return value
        case Unary(op="-", operand=Number(value=value)):
            return -value
        case Unary(op="+", operand=Number(value=value)):
            return value
    return None


class Translator:
    """Puts expressions into words; `expand` is asked to add the variables of a macro's call."""

    def __init__(
        self,
        ranges: Ranges,
        macros: Mapping[str, Macro],
        known: Callable[[str], str | None],
        expand: Callable[[Macro, Scope, Mapping[str, Expr]], None],
        calendar: Calendar | None = None,
    ) -> None:
        self.ranges, self.macros, self.known, self.expand = ranges, macros, known, expand
        self.calendar = calendar
        self.refused: set[str] = set()
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.calls = 0

    def expression(self, entry: Entry, name: str, over: tuple[str, ...], scope: Scope) -> Expr | None:
        """Return the expression of an entry's body, or None when it is refused."""
        before = len(self.problems)
        try:
            tree = parse_expression(entry.body, entry.at, VENSIM)
        except ModelError as error:
            self.problems.extend(error.problems)
            self.refused.add(name)
            return None
        one = _One(self, entry, name, over, scope)
        made = rebuild(tree, one.change)
        for part in walk(made) if "integ" in entry.body.lower() else ():
            if isinstance(part, Call) and part.function == "INTEG" and part is not made:
                one.problem(part, "INTEG must stand alone behind '='", "give the stock a name of its own")
        if len(self.problems) == before:
            return made
        self.refused.add(name)
        return None


@dataclass(slots=True)
class _One:
    """One equation being translated."""

    all: Translator
    entry: Entry
    name: str
    over: tuple[str, ...]
    scope: Scope

    def problem(self, node: Expr, what: str, fix: str, kind: str = "name") -> Expr:
        """Note that a part cannot be read, and put a number in its place."""
        where = place(self.entry.body, self.entry.at, node.at, node.width)
        self.all.problems.append(Problem("error", kind, where, f"{self.name}: {what}", fix))
        return Number(0.0, "", node.at, node.width)

    def _nearest(self, word: str, known: Sequence[str]) -> str | None:
        """Return what was probably meant; a file with very many mistakes is not asked about each."""
        return nearest(word, known) if len(self.all.problems) < MOST_GUESSES else None

    def change(self, node: Expr) -> Expr:
        """Return a node whose parts are already translated."""
        if isinstance(node, Name):
            return self.named(node)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Binary) and node.op in RELATIONS:
            self._chained(node)
        return node

    def _chained(self, node: Binary) -> None:
        """Note that relations stand in a row, which compares a truth, 0 or 1, with a number."""
        left = node.left
        if not isinstance(left, Binary) or left.op not in RELATIONS:
            return
        if ")" in self.entry.body[left.at + left.width : node.right.at]:
            return
        where = place(self.entry.body, self.entry.at, node.at, node.width)
        what = f"{self.name}: relations in a row are worked out from the left, so that 0 or 1 is compared"
        self.all.notes.append(Problem("warning", "value", where, what, "part them with :AND:"))

    # names --------------------------------------------------------------------------------

    def named(self, node: Name) -> Expr:
        """Return what a name means: an argument, a variable, the time, a range or an element."""
        subscripts = tuple([self._subscript(node, s) for s in node.subscripts]) if node.subscripts else ()
        word = node.name
        if word in self.scope.values and not subscripts:
            return replace_place(self.scope.values[word], node)
        if word in self.scope.names:
            own = tuple(Index(r) for r in self.scope.over)
            return replace(node, name=self.scope.names[word], subscripts=(*own, *subscripts))
        if word.endswith("$") and self.scope.path:
            word = word[:-1]
        known = self.all.known(word)
        if known is not None:
            same = known == node.name and subscripts == node.subscripts
            return node if same else replace(node, name=known, subscripts=subscripts)
        plain = word.rstrip("_") if word.endswith("_") else word
        if plain in TIMES and not subscripts:
            return replace(node, name=TIMES[plain], subscripts=())
        ranges = self.all.ranges
        if not subscripts and word in ranges.elements:  # its value is a place in the largest range
            family = ranges.family[ranges.elements[word][0]]
            return replace(node, name=word if family == word else f"{family}.{word}", subscripts=())
        if not subscripts and word in ranges.family:
            return replace(node, name=f"{ranges.family[word]}.{word}", subscripts=())
        if plain.upper() in PLAIN or plain.upper() in DERIVED or plain.upper() in REFUSED:
            return self.problem(node, f"{plain!r} is a function and needs arguments", "give them in brackets")
        near = self._nearest(word, [*ranges.elements, *self.names()])
        fix = f"did you mean {near!r}?" if near else "define it, or give its data with --data FILE"
        return self.problem(node, f"unknown name {word!r}", fix)

    def names(self) -> list[str]:
        """Return the names that may be meant here."""
        return list(self.scope.names)

    def _subscript(self, node: Name, subscript: Subscript) -> Subscript:
        match subscript:
            case Index(name=name):
                if self.all.ranges.members(name) is None:
                    self._unknown_subscript(node, name)
            case Each(name=name):
                if name not in self.all.ranges.elements:
                    self._unknown_subscript(node, name)
            case Computed():
                self.problem(node, "a subscript must be a range or an element", "write its name")
        return subscript

    def _unknown_subscript(self, node: Name, name: str) -> None:
        near = self._nearest(name, [*self.all.ranges.elements, *self.all.ranges.family])
        fix = f"did you mean {near!r}?" if near else "declare it in a range"
        self.problem(node, f"unknown subscript {name!r}", fix)

    # functions ----------------------------------------------------------------------------

    def call(self, node: Call) -> Expr:
        """Return what a call means: a macro, a table, a function."""
        word = node.function.lower()
        macro = self.all.macros.get(word)
        if macro is not None:
            return self._macro(node, macro)
        function = OLD_NAMES.get(node.function, node.function)
        if function == "LOOKUP" and len(node.args) == 2 and isinstance(node.args[0], Name):
            return node
        table = self._table(node, word)
        if table is not None:
            return table
        if function in PLAIN:
            row = PLAIN[function]
            if (function, len(node.args)) in OLD:
                return self._formula(node, OLD[(function, len(node.args))])
            if len(node.args) not in row.takes:
                return self._arguments(node, row.takes)
            if function in OVER_RANGES and not goes_over(node.args[0]):
                what = f"{function} goes over no range: no subscript in it has a '!'"
                return self.problem(node, what, f"{function}(x[range!])")
            if function == "DELAY_CONVEYOR" and not isinstance(node.args[3], Name):
                what = "DELAY CONVEYOR takes the name of a lookup as its fourth argument, the profile"
                fix = "DELAY CONVEYOR(input, delay time, leakage, profile, initial content, first slot)"
                return self.problem(node, what, fix)
            args = tuple(node.args[i] for i in row.order) if row.order else node.args
            if row.name == "SAMPLE_IF_TRUE":
                args = (*[self._before(arg, args[2]) for arg in args[:2]], args[2])
            return replace(node, function=row.name, args=args)
        if function in DERIVED:
            takes, text = DERIVED[function]
            if len(node.args) not in takes:
                return self._arguments(node, takes)
            if function in MADE_OF_DATA and self.entry.keyword not in ("", ":interpolate:"):
                what = f"{function.replace('_', ' ')} is not supported with {self.entry.keyword}"
                fix = "leave the mode out, which is that of the data"
                return self.problem(node, what, fix, "unsupported")
            return self._formula(node, text)
        return self._special(node)

    def _before(self, part: Expr, initial: Expr) -> Expr:
        """Return a part of a sample in which the equation's own variable is what was sampled before."""
        own = tuple(Index(name_of(subscript)) for subscript in (*self.scope.over, *self.entry.subscripts))

        def earlier(node: Expr) -> Expr:
            if isinstance(node, Name) and node.name == self.name and node.subscripts == own:
                return Call("PREVIOUS", (node, initial), node.at, node.width)
            return node

        return rebuild(part, earlier)

    def _table(self, node: Call, word: str) -> Expr | None:
        """Return a call of a table by its name, or None."""
        target = self.scope.values.get(word)
        if target is None and word in self.scope.names:
            target = Name(self.scope.names[word], tuple(Index(r) for r in self.scope.over))
        known = self.all.known(word)
        if target is None and known is not None and len(node.args) == 1:
            target = Name(known)
        if not isinstance(target, Name):
            return None
        return Call("LOOKUP", (replace_place(target, node), *node.args), node.at, node.width)

    def _special(self, node: Call) -> Expr:
        function = node.function
        if function == "INTEG" and len(node.args) == 2:
            return node
        if function == "ELMCOUNT" and len(node.args) == 1 and isinstance(node.args[0], Name):
            members = self.all.ranges.elements.get(node.args[0].name.rpartition(".")[2])
            if members is not None:
                return Number(float(len(members)), "", node.at, node.width)
            return self.problem(node, "ELMCOUNT needs a range", "ELMCOUNT(range)")
        if function == "GET_TIME_VALUE" and len(node.args) == 3:
            return self._time_value(node)
        if function.startswith("GET_"):
            what = f"{function.replace('_', ' ')} must stand alone behind '='"
            return self.problem(node, what, "give it a variable of its own")
        if (function, len(node.args)) == ("HISTORY", 2):  # Vensim has none; putar writes it
            return node
        if function in REFUSED:
            what = f"{function.replace('_', ' ')} is not supported: {REFUSED[function]}"
            return self.problem(node, what, "rewrite the equation without it", "unsupported")
        near = self._nearest(function, [*PLAIN, *DERIVED, *[m.upper() for m in self.all.macros]])
        shown = function.replace("_", " ")
        fix = f"did you mean {near.replace('_', ' ')!r}?" if near else "see docs/formats.md"
        return self.problem(node, f"unknown function {shown!r}", fix, "unsupported")

    def _time_value(self, node: Call) -> Expr:
        relative, offset, measure = node.args
        which = literal(measure)
        if literal(relative) not in (0.0, 1.0) or which is None or not math.isfinite(which):
            what = "GET TIME VALUE is not supported relative to the clock, or for a measure that is computed"
            return self.problem(node, what, "write 0 or 1 first, and a number last", "unsupported")
        base = Name("time" if literal(relative) == 0.0 else "starttime", (), node.at, node.width)
        moved = Binary("+", base, offset, node.at, node.width)
        if which == 0.0:
            return moved
        calendar = self.all.calendar
        text = calendar.formula(int(which)) if calendar is not None and which == int(which) else None
        if text is None:
            what = f"GET TIME VALUE is not supported with measure {which:g} in this unit of time"
            return self.problem(node, what, "work the date out from Time", "unsupported")
        return self._formula(replace(node, args=(moved,)), text)

    def _formula(self, node: Call, text: str) -> Expr:
        given = {f"a{i}": arg for i, arg in enumerate(node.args, 1)}
        return self._small(node, filled(text, given, node.at, node.width))

    def _small(self, node: Call, made: Expr) -> Expr:
        if parts_in(made) <= MOST_PARTS:
            return made
        what = (
            f"with {node.function.replace('_', ' ')} written out this equation has {parts_in(made):,} parts"
        )
        return self.problem(node, what, "give its arguments variables of their own", "unsupported")

    def _arguments(self, node: Call, takes: tuple[int, ...]) -> Expr:
        shown = node.function.replace("_", " ")
        wanted = " or ".join(str(n) for n in takes[:3])
        what = f"{shown} takes {wanted} arguments, {len(node.args)} given"
        return self.problem(node, what, "see the manual of Vensim")

    # macros -------------------------------------------------------------------------------

    def _macro(self, node: Call, macro: Macro) -> Expr:
        if name_of(macro.name) in self.scope.path:
            what = f"the macro {macro.name!r} calls itself"
            return self.problem(node, what, "end the recursion", "loop")
        self.all.calls += 1
        if self.all.calls > MOST_CALLS:
            return self.problem(node, f"more than {MOST_CALLS} calls of macros", "call fewer")
        count = len(macro.inputs)
        if not count <= len(node.args) <= count + len(macro.outputs):
            wanted = ", ".join(macro.inputs)
            return self.problem(node, f"the macro {macro.name!r} takes ({wanted})", "give as many")
        over = tuple(r for r in self.over if r in self.all.ranges.elements)
        for argument in node.args:
            if goes_over(argument):
                what = f"the macro {macro.name!r} is called inside a sum over a range"
                return self.problem(node, what, "give the call a variable of its own", "unsupported")
        prefix = f"{self.name}\u00b7{name_of(macro.name)}\u00b7{self.all.calls}"
        names = {name_of(e.name): f"{prefix}\u00b7{name_of(e.name)}" for e in macro.entries}
        values: dict[str, Expr] = {}
        bound: dict[str, Expr] = {}
        for word, argument in zip(macro.inputs, node.args, strict=False):
            local = name_of(word)
            # its states must be made once, and a long one must not grow with each macro in a macro
            if parts_in(argument) > LONG or any(isinstance(part, Call) for part in walk(argument)):
                names[local] = f"{prefix}\u00b7{local}"
                bound[names[local]] = argument
            else:
                names.pop(local, None)
                values[local] = argument
        inner = Scope(names, values, over, (*self.scope.path, name_of(macro.name)), prefix)
        mine = tuple(Index(r) for r in over)
        for word, argument in zip(macro.outputs, node.args[count:], strict=False):
            if not isinstance(argument, Name):
                return self.problem(node, "a macro's output must be a name", "write a name behind ':'")
            bound[argument.name] = Name(names.get(name_of(word), ""), mine, node.at, node.width)
        self.all.expand(macro, inner, bound)
        result = names.get(name_of(macro.name))
        if result is None:
            what = f"the macro {macro.name!r} does not say what it gives"
            return self.problem(node, what, f"define {macro.name!r} inside it")
        return Name(result, mine, node.at, node.width)


def goes_over(expr: Expr) -> bool:
    """Return whether a subscript in an expression is marked with '!'."""
    names = [part for part in walk(expr) if isinstance(part, Name)]
    return any(isinstance(subscript, Each) for name in names for subscript in name.subscripts)


def replace_place(expr: Expr, node: Expr) -> Expr:
    """Return an expression that stands at another one's place, all of its parts."""
    return rebuild(expr, lambda part: replace(part, at=node.at, width=node.width))
