"""Expressions: the syntax tree of one equation, and its printed form.

The tree is the same for every file format; only readers and writers differ. A node remembers where
it stood in its equation's text (`at`, `width`), which does not count when trees are compared.
Printing gives the shortest XMILE text that parses back to the same tree.

Source: XMILE 1.0 (OASIS), section 3.3; precedence as in docs/format.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from putar.language.functions import CONSTANTS

__all__ = [
    "All",
    "Binary",
    "Call",
    "Computed",
    "Each",
    "Expr",
    "If",
    "Index",
    "Name",
    "Number",
    "Others",
    "Position",
    "Span",
    "Subscript",
    "Unary",
    "children",
    "is_number",
    "names_in",
    "rebuild",
    "to_text",
    "walk",
    "with_children",
]


@dataclass(frozen=True, slots=True)
class Index:
    """A subscript by name: an element, or a dimension of the equation's left side."""

    name: str


@dataclass(frozen=True, slots=True)
class All:
    """The subscript `*`: every element of the dimension, inside a reducer such as SUM."""


@dataclass(frozen=True, slots=True)
class Others:
    """The subscript `others`: every element but the one being computed, inside a reducer."""


@dataclass(frozen=True, slots=True)
class Each:
    """The subscript `range!`: each element of a range in turn, the same one wherever it stands.

    Inside a reducer, `SUM(a[d!] * b[d!])` goes through the range once.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """The subscript `first:last`: the elements from one to another, inside a reducer."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Position:
    """The subscript `@2`: the current element of the second dimension on the left side."""

    number: int


@dataclass(frozen=True, slots=True)
class Computed:
    """A subscript that is computed while the model runs: the 1-based position of the element."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Number:
    """A literal; `text` is how it was written."""

    value: float
    text: str = field(default="", compare=False)
    at: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a variable, or to a built-in without arguments such as TIME.

    `transposed` says that it stands as `matrix'`: without subscripts, the place's own ones in reverse.
    """

    name: str
    subscripts: tuple[Subscript, ...] = ()
    at: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function, or a curve used as one, with its arguments."""

    function: str
    args: tuple[Expr, ...]
    at: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """A sign or NOT before an operand."""

    op: str
    operand: Expr
    at: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands with an operator between."""

    op: str
    left: Expr
    right: Expr
    at: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """IF condition THEN one value ELSE another; the branch not taken never matters."""

    condition: Expr
    then: Expr
    otherwise: Expr
    at: int = field(default=0, compare=False)
    width: int = field(default=1, compare=False)


Expr = Number | Name | Call | Unary | Binary | If
Subscript = Index | All | Others | Each | Span | Position | Computed

# binding powers, low to high; printing needs the same numbers as parsing
LEVELS = {"OR": 1, "AND": 2, "=": 3, "<>": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
LEVELS |= {"+": 5, "-": 5, "*": 6, "/": 6, "MOD": 6, "^": 8}
UNARY_LEVEL = 7


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of a node, in reading order."""
    if isinstance(expr, Number):
        return ()
    if isinstance(expr, Name):
        return tuple(s.expr for s in expr.subscripts if isinstance(s, Computed)) if expr.subscripts else ()
    if isinstance(expr, Binary):
        return (expr.left, expr.right)
    if isinstance(expr, Call):
        return expr.args
    if isinstance(expr, Unary):
        return (expr.operand,)
    return (expr.condition, expr.then, expr.otherwise)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield every node of the tree, parents first."""
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def with_children(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """Return a node with other parts, as many as it has."""
    match expr:
        case Call():
            return replace(expr, args=tuple(parts))
        case Name(subscripts=subscripts) if parts:
            rest = iter(parts)
            new = tuple(Computed(next(rest)) if isinstance(s, Computed) else s for s in subscripts)
            return replace(expr, subscripts=new)
        case Unary():
            return replace(expr, operand=parts[0])
        case Binary():
            return replace(expr, left=parts[0], right=parts[1])
        case If():
            return replace(expr, condition=parts[0], then=parts[1], otherwise=parts[2])
        case _:
            return expr


def rebuild(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Return a tree in which every node was changed, its parts first; trees of any depth."""
    work: list[Expr | tuple[Expr, tuple[Expr, ...]]] = [expr]
    made: list[Expr] = []
    while work:
        item = work.pop()
        if not isinstance(item, tuple):
            parts = children(item)
            if parts:
                work.append((item, parts))
                work.extend(reversed(parts))
            else:
                made.append(change(item))
            continue
        node, old = item
        new = made[len(made) - len(old) :]
        del made[len(made) - len(old) :]
        for left, right in zip(old, new, strict=True):
            if left is not right:
                node = with_children(node, new)
                break
        made.append(change(node))
    return made[0]


def names_in(expr: Expr) -> Iterator[Name]:
    """Yield every reference in the tree, in reading order."""
    return (node for node in walk(expr) if isinstance(node, Name))


def subscript_text(subscript: Subscript) -> str:
    """Return a subscript as it is written."""
    match subscript:
        case Index(name=name):
            return name if name.isdigit() else _part_text(name)
        case All():
            return "*"
        case Others():
            return "others"
        case Each(name=name):
            return f"{name}!"
        case Span(first=first, last=last):
            return f"{first}:{last}"
        case Position(number=number):
            return f"@{number}"
        case Computed(expr=expr):
            return to_text(expr)


def is_number(expr: Expr) -> bool:
    """Return whether an expression is made of literals alone."""
    return not any(isinstance(part, Name | Call) for part in walk(expr))


def to_text(expr: Expr) -> str:
    """Return the expression as XMILE text, with no bracket that is not needed."""
    return _text(expr, 0)


def _text(expr: Expr, level: int) -> str:
    match expr:
        case Number(value=value, text=text):
            return text or repr(value)
        case Name(name=name, subscripts=subscripts, transposed=transposed):
            inside = ", ".join(subscript_text(s) for s in subscripts)
            whole = _name_text(name) + "'" * transposed
            return f"{whole}[{inside}]" if subscripts else whole
        case Call(function=function, args=args):
            return f"{_name_text(function)}({', '.join(_text(a, 0) for a in args)})"
        case Unary(op=op, operand=operand):
            inner = _text(operand, UNARY_LEVEL)
            text = f"NOT {inner}" if op == "NOT" else f"{op}{inner}"
            return f"({text})" if level > UNARY_LEVEL else text
        case Binary():
            return _binary_text(expr, level)
        case If(condition=condition, then=then, otherwise=otherwise):
            text = f"IF {_text(condition, 0)} THEN {_text(then, 0)} ELSE {_text(otherwise, 0)}"
            return f"({text})" if level > 0 else text


def _binary_text(expr: Binary, level: int) -> str:
    """Return the text of operators in a row; a row of any length is no deeper than one."""
    mine = LEVELS[expr.op]
    if expr.op == "^":  # right-associative; its exponent is a whole unary expression
        text = f"{_text(expr.left, mine + 1)}^{_text(expr.right, UNARY_LEVEL)}"
        return f"({text})" if level > mine else text
    parts: list[str] = []
    closing = 0
    node: Expr = expr
    while isinstance(node, Binary) and node.op != "^":
        if LEVELS[node.op] < level:
            closing += 1
            parts.append(")")
        level = LEVELS[node.op]
        parts.append(f" {node.op} {_text(node.right, level + 1)}")
        node = node.left
    parts.append(_text(node, level))
    return "(" * closing + "".join(reversed(parts))


def _name_text(name: str) -> str:
    if name in CONSTANTS:
        return name.upper()
    lead = "." if name.startswith(".") else ""
    return lead + ".".join(_part_text(part) for part in name.removeprefix(".").split("."))


def _part_text(part: str) -> str:
    """Return one part of a name, in quotes where it would not be read as one."""
    plain = part and (part[0].isalpha() or part[0] == "_") and all(c.isalnum() or c in "_$" for c in part)
    if plain:
        return part
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
