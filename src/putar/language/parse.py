"""Equation text to syntax tree: a scanner and a precedence climber for XMILE expressions.

Operators and their strength are the table of `expr`; adding an operator means adding a row there.
Every mistake ends in a `ModelError` at the offending token. Trees deeper than `DEEPEST` are refused,
so that no later walk over a tree can run out of stack.

Source: XMILE 1.0 (OASIS), sections 3.3.1 to 3.3.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from putar.errors import ModelError, Where
from putar.language.expr import (
    LEVELS,
    UNARY_LEVEL,
    All,
    Binary,
    Call,
    Expr,
    If,
    Index,
    Name,
    Number,
    Others,
    Subscript,
    Unary,
)

__all__ = ["DEEPEST", "canonical", "parse_expression", "place"]

DEEPEST = 150
LONGEST_SUM = 200

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<word>[^\W\d][\w$]*(?:\.(?:[^\W\d][\w$]*|"(?:[^"\\]|\\.)*"))*)
      | (?P<op><>|<=|>=|[-+*/^()<>=\[\],])
      """,
    re.VERBOSE,
)
_WORD_OPERATORS = {"and": "AND", "or": "OR", "mod": "MOD"}
_RESERVED = {"if", "then", "else", "and", "or", "not", "mod"}


@dataclass(frozen=True, slots=True)
class Token:
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


def parse_expression(text: str, where: Where | None = None) -> Expr:
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
    return _Parser(text, where or Where("equation", 1, 1, 1, text)).whole()


def place(text: str, where: Where, at: int, width: int = 1) -> Where:
    """Return the place of a piece of a text that starts at `where` and may span several lines.

    Parameters
    ----------
    text : the whole text, such as an equation, as it was written
    where : the place of its first character; `where.text` is the line that character is on
    at, width : offset and length of the piece, in characters; the width is cut at the line's end
    """
    start = text.rfind("\n", 0, at) + 1
    line = text[start:].partition("\n")[0]
    width = max(1, min(width, len(line) - (at - start)))
    if not start:
        return Where(where.path, where.line, where.column + at, width, where.text)
    return Where(where.path, where.line + text.count("\n", 0, at), at - start + 1, width, line)


class _Parser:
    def __init__(self, text: str, where: Where) -> None:
        self.text, self.where = text, where
        self.tokens = self._scan()
        self.next, self.depth = 0, 0

    # scanning -----------------------------------------------------------------------------

    def _scan(self) -> list[Token]:
        tokens: list[Token] = []
        at = 0
        while at < len(self.text):
            if self.text[at] == "{":
                at = self._comment_end(at)
                continue
            match = _TOKEN.match(self.text, at)
            if match is None:
                sign = self.text[at]
                raise self._error(f"{sign!r} cannot stand here", at, 1, "remove it, or quote the name")
            kind = str(match.lastgroup)
            if kind != "space":
                tokens.append(Token(kind, match.group(), at, match.end()))
            at = match.end()
        tokens.append(Token("end", "", len(self.text), len(self.text)))
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

    def _unexpected(self, token: Token, wanted: str) -> ModelError:
        if token.kind == "end":
            return self._error(
                f"the equation ends where {wanted} was expected", token.at, 1, f"add {wanted}"
            )
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
        tree = self.expression(0)
        if self.token.kind != "end":
            raise self._unexpected(self.token, "an operator or the end of the equation")
        return tree

    def take(self, text: str) -> Token:
        token = self.token
        if token.text.casefold() != text.casefold() or token.kind == "quoted":
            raise self._unexpected(token, repr(text))
        self.next += 1
        return token

    def operator(self) -> str | None:
        token = self.token
        if token.kind == "op" and token.text in LEVELS:
            return token.text
        return _WORD_OPERATORS.get(token.text.casefold()) if token.kind == "word" else None

    def expression(self, level: int) -> Expr:
        self.depth += 1
        if self.depth > DEEPEST:
            token = self.token
            raise self._error(
                f"this equation is nested more than {DEEPEST} levels deep",
                token.at,
                max(1, token.end - token.at),
                "split it into several variables",
            )
        try:
            return self._climb(level)
        finally:
            self.depth -= 1

    def _climb(self, level: int) -> Expr:
        left = self.operand()
        for terms in range(LONGEST_SUM + 1):
            op = self.operator()
            if op is None or LEVELS[op] < level:
                return left
            if terms == LONGEST_SUM:
                break
            self.next += 1
            strength = UNARY_LEVEL if op == "^" else LEVELS[op] + 1
            right = self.expression(strength)
            left = Binary(op, left, right, left.at, right.at + right.width - left.at)
        raise self._error(
            f"more than {LONGEST_SUM} terms in one row",
            self.token.at,
            1,
            "split the equation into several variables",
        )

    def operand(self) -> Expr:
        token = self.token
        if token.kind == "number":
            self.next += 1
            return Number(float(token.text), token.text, token.at, token.end - token.at)
        if token.text in ("+", "-") or (token.kind == "word" and token.text.casefold() == "not"):
            self.next += 1
            inner = self.expression(UNARY_LEVEL)
            sign = token.text.upper()
            return Unary(sign, inner, token.at, inner.at + inner.width - token.at)
        if token.text == "(":
            self.next += 1
            inside = self.expression(0)
            self.take(")")
            return inside
        if token.kind == "word" and token.text.casefold() == "if":
            return self._if()
        if token.kind == "quoted" or (token.kind == "word" and token.text.casefold() not in _RESERVED):
            return self._reference()
        raise self._unexpected(token, "a number, a name or '('")

    def _if(self) -> Expr:
        start = self.take("if").at
        condition = self.expression(0)
        self.take("then")
        then = self.expression(0)
        self.take("else")
        otherwise = self.expression(0)
        return If(condition, then, otherwise, start, otherwise.at + otherwise.width - start)

    def _reference(self) -> Expr:
        token = self.token
        self.next += 1
        name = ".".join(
            canonical(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"|[^."]+', token.text)
        )
        if self.token.text == "(":
            self.next += 1
            args = self._arguments()
            return Call(name.upper() if "." not in name else name, args, token.at, token.end - token.at)
        subscripts: tuple[Subscript, ...] = ()
        if self.token.text == "[":
            self.next += 1
            subscripts = self._subscripts()
        return Name(name, subscripts, token.at, token.end - token.at)

    def _arguments(self) -> tuple[Expr, ...]:
        args: list[Expr] = []
        if self.token.text == ")":
            self.next += 1
            return ()
        while True:
            args.append(self.expression(0))
            if self.token.text == ",":
                self.next += 1
                continue
            self.take(")")
            return tuple(args)

    def _subscripts(self) -> tuple[Subscript, ...]:
        subscripts: list[Subscript] = []
        while True:
            token = self.token
            if token.text == "*":
                subscripts.append(All())
            elif token.kind == "word" and token.text.casefold() == "others":
                subscripts.append(Others())
            elif token.kind in ("word", "quoted", "number"):
                subscripts.append(Index(canonical(token.text)))
            else:
                raise self._unexpected(token, "an element, a dimension, '*' or 'others'")
            self.next += 1
            if self.token.text == ",":
                self.next += 1
                continue
            self.take("]")
            return tuple(subscripts)
