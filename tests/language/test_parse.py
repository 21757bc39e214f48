"""Equations: precedence, names, places of mistakes, and that any text ends in a tree or a ModelError."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putar.engine.ir import MEANING, Op
from putar.errors import ModelError, ModelErrors, Where
from putar.language.expr import Binary, Call, Expr, If, Index, Name, Number, Others, Unary, to_text
from putar.language.parse import DEEPEST, canonical, parse_expression

OPS = {"+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV, "^": Op.POW, "MOD": Op.MOD}
OPS |= {"<": Op.LT, "<=": Op.LE, ">": Op.GT, ">=": Op.GE, "=": Op.EQ, "<>": Op.NE, "AND": Op.AND, "OR": Op.OR}


def value(expr: Expr) -> float:
    match expr:
        case Number(value=number):
            return number
        case Unary(op=op, operand=operand):
            inner = value(operand)
            return {"-": -inner, "+": inner, "NOT": float(inner == 0)}[op]
        case Binary(op=op, left=left, right=right):
            return MEANING[OPS[op]](value(left), value(right))
        case If(condition=condition, then=then, otherwise=otherwise):
            return value(then) if value(condition) else value(otherwise)
    raise AssertionError(expr)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2^2", -4.0),
        ("4^3^2", 262144.0),
        ("4 - 5 + 6", 5.0),
        ("2^-3", 0.125),
        ("30^ - 30^-1.2", 0.944195),
        ("-10 MOD 3", 2.0),
        ("10 MOD -3", -2.0),
        ("-10 MOD -3", -1.0),
        ("NOT 2 = 0", 1.0),
        ("1 + 2 * 3", 7.0),
        ("8 / 4 / 2", 1.0),
        ("1 < 2 AND 2 < 1 OR 1", 1.0),
        ("1 OR 0 AND 0", 1.0),
        ("2 + 3 > 4 = 1", 1.0),
        ("IF 1 < 2 THEN 3 ELSE IF 1 THEN 4 ELSE 5", 3.0),
        ("if 0 then 1 else 2 + 3", 5.0),
        ("6E5 + .375 + 14.", 600014.375),
        ("1 {a comment {nested}} + 1", 2.0),
        ("2-3", -1.0),
    ],
)
def test_xm_01_xm_02_xm_03_precedence_follows_xmile(text: str, expected: float) -> None:
    """XM-01, XM-02, XM-03: operators bind as the standard says and as Vensim's output shows."""
    assert value(parse_expression(text)) == pytest.approx(expected, rel=1e-6)


def test_xm_05_spellings_of_one_name_are_one_name() -> None:
    """XM-05: blanks, underscores, newlines and case do not make another variable."""
    spellings = ["birth_rate", '"birth rate"', "BIRTH__RATE", '"birth\\nrate"', '"Birth  Rate"']

    assert {canonical(spelling) for spelling in spellings} == {"birth_rate"}


def test_names_calls_and_subscripts_are_kept() -> None:
    """A reference may be qualified and subscripted; a call keeps its arguments in order."""
    assert parse_expression("fleet.capacity") == Name("fleet.capacity")
    assert parse_expression("MAX(q[others], x[openai])") == Call(
        "MAX", (Name("q", (Others(),)), Name("x", (Index("openai"),)))
    )


def test_mistake_has_its_place_over_several_lines() -> None:
    """The caret stands under the token that does not fit, on its own line of the file."""
    where = Where("pond.putar", 7, 10, 1, "aux x = (1 +")
    with pytest.raises(ModelError) as caught:
        parse_expression("(1 +\n    * 2)", where)

    assert str(caught.value) == (
        "pond.putar:8:5: '*' stands where a number, a name or '(' was expected\n"
        "    8 |     * 2)\n"
        "            ^\n"
        "  fix: put a number, a name or '(' here, or remove '*'"
    )


@pytest.mark.parametrize("text", ["(" * 100_000, "-" * 100_000 + "1", "1" + "+1" * 100_000, "IF " * 100_000])
def test_absurd_nesting_is_refused_in_bounded_time(text: str) -> None:
    """Trees deeper than the walks can follow are refused with a sentence, not with a crash."""
    with pytest.raises(ModelErrors):
        parse_expression(text)


def test_nesting_up_to_the_limit_is_read() -> None:
    """The limit itself is allowed."""
    assert value(parse_expression("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1))) == 1.0


@given(st.text(alphabet='ab1.+-*/^()[]<>=,"{} \nIFTHENLSOR_;é', max_size=60))
def test_any_text_gives_a_tree_or_a_model_error(text: str) -> None:
    """No text, however broken, ends in another exception."""
    try:
        tree = parse_expression(text)
    except ModelErrors as error:
        problems = error.problems
    else:
        assert parse_expression(to_text(tree)) == tree
        return
    assert problems[0].what


NAMES = st.sampled_from(
    [Name("a"), Name("fleet.b"), Name("x", (Index("k"),)), Number(2.0, "2"), Number(0.5, "0.5")]
)


def _grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(Binary, st.sampled_from(list(OPS)), inner, inner),
        st.builds(Unary, st.sampled_from(["-", "+", "NOT"]), inner),
        st.builds(If, inner, inner, inner),
        st.builds(Call, st.just("MAX"), st.tuples(inner, inner)),
    )


@given(st.recursive(NAMES, _grow, max_leaves=25))
def test_printing_and_parsing_are_inverse(tree: Expr) -> None:
    """Every tree prints to a text that parses back to it."""
    assert parse_expression(to_text(tree)) == tree


def test_not_a_number_is_not_a_literal() -> None:
    """Words that Python reads as numbers are names here."""
    assert parse_expression("nan") == Name("nan")
    assert math.isinf(float("inf"))


@pytest.mark.parametrize("text", ["SUM(x[b:c])", "SUM(x[2:3, *])", "m'", "m' + 1", "m[@2, @1]"])
def test_slices_and_transposed_matrices_print_as_they_were(text: str) -> None:
    """What is printed parses to the same tree."""
    assert to_text(parse_expression(text)) == text


def test_subscripts_of_a_transposed_matrix_are_turned() -> None:
    """m'[f, e] is m[e, f], wherever its sign stands."""
    assert to_text(parse_expression("m'[f, e]")) == to_text(parse_expression("m[f, e]'")) == "m[e, f]"
