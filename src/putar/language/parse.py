"""Equation text to syntax tree: a scanner and an operator-precedence parser, for more than one dialect.

A Dialect is a table: its tokens, its operators with their strength, how names are compared. XMILE's is
here; others belong to the formats that need them. The parser keeps its own stack, so that no text can
run out of Python's; a stack higher than `DEEPEST` is refused, rows of operators may have any length.
Every mistake ends in a `ModelError` at the offending token.

Source: XMILE 1.0 (OASIS), sections 3.3.1 to 3.3.4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from putar.errors import ModelError, Where
from putar.language.expr import (
    LEVELS,
    UNARY_LEVEL,
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
    Others,
    Position,
    Span,
    Subscript,
    Unary,
)

__all__ = ["APART", "DEEPEST", "XMILE", "Dialect", "Token", "canonical", "parse_expression", "place"]

APART = 1_000_000  # offsets of what a formula puts in for one call, so that each has its own
DEEPEST = 256
LONGEST = 20_000  # operators in one equation
NESTED = 8  # subscripts that are computed from values with computed subscripts


class Token(NamedTuple):
    """One piece of an equation: its kind, its text and where it starts."""

    kind: str
    text: str
    at: int
    end: int


def canonical(name: str) -> str:
    """Return a name as it is compared: unquoted, blanks as one underscore, without case."""
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = re.sub(r"\\(.)", lambda m: " " if m[1] == "n" else m[1], name[1:-1])
    return re.sub(r"[\s_\u00a0]+", "_", name.strip()).casefold()


def _path(name: str) -> str:
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|[^."]+', name)
    return ("." if name.startswith(".") else "") + ".".join(canonical(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How equations are written: tokens, operators (text to meaning and strength), names.

    Parameters
    ----------
    token : a pattern whose groups are space, number, quoted, word, op
    binary, prefix : operators by their text without case; the meaning is one of `expr.LEVELS`
    name : gives a name as it is compared
    choice : whether IF c THEN a ELSE b is an expression, so that its words are no names
    tables : functions whose second argument is a table, read by `points` to a row of numbers
    """

    token: re.Pattern[str]
    binary: Mapping[str, tuple[str, int]]
    prefix: Mapping[str, tuple[str, int]]
    name: Callable[[str], str]
    choice: bool = True
    tables: frozenset[str] = frozenset()
    points: Callable[[str], tuple[float, ...]] | None = None
    marks: Mapping[str, float] = field(default_factory=dict)


_WORD = (
    r"[A-Za-z_\u00a1-\U0010ffff][A-Za-z_0-9$\u00a1-\U0010ffff]*|\$(?=\W)"  # any sign above U+00A0 is a letter
)
XMILE = Dialect(
    re.compile(
        rf"""(?P<space>\s+)
          | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
          | (?P<word>\.?(?:{_WORD})(?:\.(?:{_WORD}|"(?:[^"\\]|\\.)*"))*)
          | (?P<quoted>"(?:[^"\\]|\\.)*"(?:\.(?:{_WORD}|"(?:[^"\\]|\\.)*"))*)
          | (?P<op><>|<=|>=|//|[-+*/^()<>=\[\],@!:'])
          """,
        re.VERBOSE,
    ),
    {op.casefold(): (op, level) for op, level in LEVELS.items()} | {"//": ("//", LEVELS["/"])},
    {"+": ("+", UNARY_LEVEL), "-": ("-", UNARY_LEVEL), "not": ("NOT", UNARY_LEVEL)},
    _path,
)
_NAMES = {"word", "quoted", "number"}
_WORDS = {"word", "op"}  # what operators are written as; numbers and quoted names are none
_RESERVED = {"if", "then", "else", "and", "or", "not", "mod"}


def parse_expression(text: str, where: Where | None = None, dialect: Dialect = XMILE) -> Expr:
    """Return the syntax tree of one equation.

    Parameters
    ----------
    text : the equation, possibly over several lines
    where : the place of its first character, for messages; the equation itself when absent

    Raises
    ------
    ModelError
        If the text is not an expression; the place is that of the first token that does not fit.
    """
    return _Parser(text, where or Where("equation", 1, 1, 1, text), dialect).whole()


def place(text: str, where: Where, at: int, width: int = 1) -> Where:
    """Return the place of a piece of a text that starts at `where` and may span several lines.

    Parameters
    ----------
    text : the whole text, such as an equation, as it was written
    where : the place of its first character; `where.text` is the line that character is on
    at, width : offset and length of the piece, in characters; the width is cut at the line's end. Pieces
        that a formula put in stand at the offset of what it was made of and whole multiples of APART
    """
    at %= APART
    start = text.rfind("\n", 0, at) + 1
    line = text[start:].partition("\n")[0]
    width = max(1, min(width, len(line) - (at - start)))
    if not start:
        return Where(where.path, where.line, where.column + at, width, where.text)
    return Where(where.path, where.line + text.count("\n", 0, at), at - start + 1, width, line)


@dataclass(slots=True)
class _Open:
    """Something begun and not yet ended: an operator, a bracket, a call or a choice."""

    kind: str  # "binary", "prefix", "(", "call", "if", "then" or "else"
    op: str = ""
    level: int = -1
    at: int = 0
    width: int = 1
    parts: list[Expr] = field(default_factory=list)


class _Parser:
    def __init__(
        self,
        text: str,
        where: Where,
        dialect: Dialect,
        tokens: list[Token] | None = None,
        nested: int = 0,
    ) -> None:
        self.text, self.where, self.dialect, self.nested = text, where, dialect, nested
        end = Token("end", "", len(text), len(text))
        self.tokens = self._scan() if tokens is None else [*tokens, end]
        self.next = self.count = 0
        self.values: list[Expr] = []
        self.opened: list[_Open] = []

    # scanning -----------------------------------------------------------------------------

    def _scan(self) -> list[Token]:
        tokens: list[Token] = []
        text, read = self.text, self.dialect.token.finditer
        at = depth = 0
        while at < len(text):
            for match in read(text, at):
                start, end = match.span()
                if start != at:  # something between that is no token
                    break
                at, kind = end, match.lastgroup
                if kind != "space":
                    piece = match.group()
                    tokens.append(Token(kind, piece, start, end))  # type: ignore[arg-type]
                    if piece == "(":
                        depth += 1
                        if depth > DEEPEST:
                            raise self._too_deep(tokens[-1])
                    elif piece == ")":
                        depth -= 1
            if at < len(text):
                if text[at] != "{":
                    raise self._error(
                        f"{text[at]!r} cannot stand here", at, 1, "remove it, or quote the name"
                    )
                at = self._comment_end(at)
        tokens.append(Token("end", "", len(text), len(text)))
        return tokens

    def _comment_end(self, at: int) -> int:
        depth = 0
        for position in range(at, len(self.text)):
            depth += {"{": 1, "}": -1}.get(self.text[position], 0)
            if depth == 0:
                return position + 1
        raise self._error("this comment is never closed", at, 1, "close it with '}'")

    def _error(self, what: str, at: int, width: int, fix: str) -> ModelError:
        return ModelError(what, place(self.text, self.where, at, width), fix)

    def _too_deep(self, token: Token) -> ModelError:
        what = f"this equation is nested more than {DEEPEST} levels deep"
        fix = "split it into several variables"
        return self._error(what, token.at, max(1, token.end - token.at), fix)

    def _unexpected(self, token: Token, wanted: str) -> ModelError:
        if token.kind == "end":
            return self._error(f"the equation ends where {wanted} was expected", token.at, 1, f"add {wanted}")
        return self._error(
            f"{token.text!r} stands where {wanted} was expected",
            token.at,
            token.end - token.at,
            f"put {wanted} here, or remove {token.text!r}",
        )

    # parsing ------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def whole(self) -> Expr:
        """Return the tree; operands and operators take turns until the text ends."""
        while True:
            while self._operand():
                pass
            while not self._operator():
                if not self.opened and self.token.kind == "end":
                    return self.values[0]

    def _operand(self) -> bool:
        """Read up to one operand; return whether another one must follow."""
        token = self.tokens[self.next]
        word = token.text.casefold() if token.kind in _WORDS else ""
        if token.kind == "number":
            self.next += 1
            self.values.append(Number(float(token.text), token.text, token.at, token.end - token.at))
            return False
        if word in self.dialect.prefix:
            op, level = self.dialect.prefix[word]
            return self._open(_Open("prefix", op, level, token.at))
        if word == "(":
            return self._open(_Open("(", at=token.at))
        if word in self.dialect.marks:
            self.next += 1
            self.values.append(_number(self.dialect.marks[word], token))
            return False
        if self.dialect.choice and word == "if":
            return self._open(_Open("if", at=token.at))
        called = word == "mod" and self.tokens[self.next + 1].text == "("  # older forms have it as a function
        reserved = self.dialect.choice and word in _RESERVED and not called
        if token.kind == "quoted" or (token.kind == "word" and not reserved):
            return self._reference(token)
        raise self._unexpected(token, "a number, a name or '('")

    def _open(self, begun: _Open) -> bool:
        token = self.token
        self.opened.append(begun)
        if len(self.opened) > DEEPEST:
            raise self._too_deep(token)
        self.next += 1
        return True

    def _operator(self) -> bool:
        """Read one token after an operand; return whether an operand must follow."""
        token = self.tokens[self.next]
        word = token.text.casefold() if token.kind in _WORDS else ""
        if word in self.dialect.binary:
            op, level = self.dialect.binary[word]
            self._close(level + (op == "^"))
            self.count += 1
            if self.count > LONGEST:
                what = f"more than {LONGEST} operators in one equation"
                raise self._error(what, token.at, 1, "split the equation into several variables")
            return self._open(_Open("binary", op, level, token.at))
        while True:
            self._close(0)
            inner = self.opened[-1].kind if self.opened else "end"
            if inner != "else":
                break
            self._choose()
        if inner == "end" and token.kind == "end":
            return False
        ends = {"(": (")",), "call": (",", ")", ":"), "if": ("then",), "then": ("else",), "end": ()}[inner]
        if word not in ends:
            wanted = {"(": "')'", "call": "',' or ')'", "if": "THEN", "then": "ELSE"}
            raise self._unexpected(token, wanted.get(inner, "an operator or the end of the equation"))
        self.next += 1
        begun = self.opened[-1]
        if word in ("then", "else"):
            begun.kind = word
            begun.parts.append(self.values.pop())
            return True
        if inner == "(":
            self.opened.pop()
            return False
        begun.parts.append(self.values.pop())
        if word == "," and begun.op in self.dialect.tables and len(begun.parts) == 1:
            begun.parts.extend(self._points())
        elif word in (",", ":"):
            return True
        self.opened.pop()
        self.values.append(Call(begun.op, tuple(begun.parts), begun.at, begun.width))
        return False

    def _close(self, level: int) -> None:
        """Finish the operators that bind at least as strongly as a level."""
        while self.opened and self.opened[-1].kind in ("binary", "prefix"):
            begun = self.opened[-1]
            if begun.level < level:
                return
            self.opened.pop()
            right = self.values.pop()
            if begun.kind == "prefix":
                self.values.append(Unary(begun.op, right, begun.at, right.at + right.width - begun.at))
                continue
            left = self.values.pop()
            width = right.at + right.width - left.at
            if begun.op == "//":
                self.values.append(Call("SAFEDIV", (left, right), left.at, width))
            else:
                self.values.append(Binary(begun.op, left, right, left.at, width))

    def _choose(self) -> None:
        begun = self.opened.pop()
        otherwise = self.values.pop()
        condition, then = begun.parts
        self.values.append(
            If(condition, then, otherwise, begun.at, otherwise.at + otherwise.width - begun.at)
        )

    def _reference(self, token: Token) -> bool:
        self.next += 1
        name, width = self.dialect.name(token.text), token.end - token.at
        following = self.tokens[self.next].text
        if following == "(":
            return self._call(name.upper() if "." not in name and name.isascii() else name, (), token)
        subscripts: tuple[Subscript, ...] = ()
        turned = self._turned()
        if self.token.text == "[":
            self.next += 1
            subscripts = self._subscripts()
            turned ^= self._turned()
        if turned and subscripts:
            subscripts, turned = subscripts[::-1], False
        found = Name(name, subscripts, token.at, width, turned)
        if subscripts and self.token.text == "(":
            return self._call("LOOKUP", (found,), token)
        self.values.append(found)
        return False

    def _turned(self) -> bool:
        """Take the sign of a transposed array, where it stands here."""
        turned = self.token.kind == "op" and self.token.text == "'"
        self.next += turned
        return turned

    def _call(self, function: str, first: tuple[Expr, ...], token: Token) -> bool:
        width = token.end - token.at
        if self.tokens[self.next + 1].text == ")":
            self.next += 2
            self.values.append(Call(function, first, token.at, width))
            return False
        return self._open(_Open("call", function, -1, token.at, width, list(first)))

    def _points(self) -> list[Expr]:
        """Return the numbers of a table that stands as an argument, and take its closing bracket."""
        first, depth = self.token, 0
        while depth >= 0:
            if self.token.kind == "end":
                raise self._unexpected(self.token, "')'")
            depth += {"(": 1, ")": -1}.get(self.token.text, 0)
            self.next += 1
        last = self.tokens[self.next - 1]
        assert self.dialect.points is not None
        try:
            numbers = self.dialect.points(self.text[first.at : last.at])
        except ValueError as error:
            raise self._error(str(error), first.at, last.at - first.at, "correct the table") from None
        return [_number(number, first) for number in numbers]

    def _subscripts(self) -> tuple[Subscript, ...]:
        found: list[Subscript] = []
        while True:
            start = self.next
            depth = 0
            while depth > 0 or self.token.text not in (",", "]"):
                if self.token.kind == "end":
                    raise self._unexpected(self.token, "']'")
                depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(self.token.text, 0)
                self.next += 1
            found.append(self._subscript(self.tokens[start : self.next]))
            self.next += 1
            if self.tokens[self.next - 1].text == "]":
                return tuple(found)

    def _subscript(self, tokens: list[Token]) -> Subscript:
        if not tokens:
            raise self._unexpected(self.token, "an element, a dimension, '*' or 'others'")
        first = tokens[0]
        if len(tokens) == 1:
            if first.text == "*":
                return All()
            if first.kind == "word" and first.text.casefold() == "others":
                return Others()
            if first.kind in _NAMES:
                return Index(self.dialect.name(first.text))
        if len(tokens) == 3 and tokens[1].text == ":" and {first.kind, tokens[2].kind} <= _NAMES:
            return Span(self.dialect.name(first.text), self.dialect.name(tokens[2].text))
        if len(tokens) == 2 and tokens[1].text == "!" and first.kind in ("word", "quoted"):
            return Each(self.dialect.name(first.text))
        if len(tokens) == 2 and first.text == "@" and tokens[1].text.isdigit():
            return Position(int(tokens[1].text))
        for token in tokens:
            if token.text in (":", "'", "@", "!"):
                raise self._unexpected(token, "an element, a dimension, '*' or 'others'")
        if self.nested > NESTED:
            raise self._error("subscripts are nested too deep", first.at, 1, "split the equation")
        inner = _Parser(self.text[: tokens[-1].end], self.where, self.dialect, tokens, self.nested + 1)
        return Computed(inner.whole())


def _number(value: float, token: Token) -> Expr:
    """Return a number that may be negative, as a literal behind its sign."""
    number = Number(abs(value), "", token.at, token.end - token.at)
    return number if value >= 0 else Unary("-", number, token.at, token.end - token.at)
