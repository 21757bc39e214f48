"""The table of operations says what IEEE 754 and C99 say."""

from __future__ import annotations

import math
import struct
from itertools import product

import pytest

from putar.engine.operations import MEANING, OPERATIONS, Op, uniform
from tests.engine.programs import SPECIAL

INF, NAN = math.inf, math.nan


def bits(value: float) -> bytes:
    """Return what tells two doubles apart; all NaNs are one."""
    return b"nan" if value != value else struct.pack("<d", value)


def test_every_operation_is_a_row() -> None:
    """Each Op has a row, and a meaning unless it reads something besides its arguments."""
    assert set(OPERATIONS) == set(Op)
    without = {Op.CONST, Op.PARAM, Op.STATE, Op.TIME, Op.LOOKUP, Op.RANDOM}
    assert set(MEANING) == set(Op) - without


@pytest.mark.parametrize("op", MEANING)
def test_no_meaning_raises(op: Op) -> None:
    """Whatever the doubles, the answer is a double."""
    for arguments in product(SPECIAL, repeat=OPERATIONS[op].arity):
        assert isinstance(MEANING[op](*arguments), float)


@pytest.mark.parametrize(
    ("op", "arguments", "expected"),
    [
        (Op.DIV, (1.0, 0.0), INF),
        (Op.DIV, (1.0, -0.0), -INF),
        (Op.DIV, (0.0, 0.0), NAN),
        (Op.DIV, (NAN, 0.0), NAN),
        (Op.DIV, (-INF, -0.0), INF),
        (Op.SQRT, (-1.0,), NAN),
        (Op.SQRT, (-0.0,), -0.0),
        (Op.EXP, (1000.0,), INF),
        (Op.EXP, (-INF,), 0.0),
        (Op.LOG, (0.0,), -INF),
        (Op.LOG, (-0.0,), -INF),
        (Op.LOG, (-1.0,), NAN),
        (Op.SIN, (INF,), NAN),
        (Op.SIN, (-0.0,), -0.0),
        (Op.ASIN, (1.5,), NAN),
        (Op.ATAN, (-INF,), -math.pi / 2),
        (Op.FLOOR, (-0.5,), -1.0),
        (Op.FLOOR, (-0.0,), -0.0),
        (Op.FLOOR, (INF,), INF),
        (Op.TRUNC, (-0.5,), -0.0),
        (Op.POW, (-1.0, INF), 1.0),
        (Op.POW, (1.0, NAN), 1.0),
        (Op.POW, (NAN, 0.0), 1.0),
        (Op.POW, (0.0, -1.0), INF),
        (Op.POW, (-0.0, -3.0), -INF),
        (Op.POW, (-0.0, -2.0), INF),
        (Op.POW, (-2.0, 0.5), NAN),
        (Op.POW, (-2.0, 3.0), -8.0),
        (Op.POW, (-1e300, 3.0), -INF),
        (Op.POW, (0.5, -INF), INF),
        (Op.POW, (-INF, -3.0), -0.0),
        (Op.MIN, (NAN, 1.0), NAN),
        (Op.MIN, (1.0, NAN), NAN),
        (Op.MAX, (NAN, 1.0), NAN),
        (Op.MAX, (1.0, NAN), NAN),
        (Op.MOD, (-1.0, 3.0), 2.0),
        (Op.MOD, (1.0, -3.0), -2.0),
        (Op.MOD, (1.0, 0.0), NAN),
        (Op.MOD, (INF, 3.0), NAN),
        (Op.MOD, (-1.0, INF), INF),
        (Op.MOD, (6.0, -3.0), -0.0),
        (Op.EQ, (NAN, NAN), 0.0),
        (Op.NE, (NAN, NAN), 1.0),
        (Op.EQ, (0.0, -0.0), 1.0),
        (Op.NOT, (NAN,), 0.0),
        (Op.AND, (NAN, 1.0), 1.0),
        (Op.SELECT, (0.0, NAN, 2.0), 2.0),
        (Op.SELECT, (NAN, 1.0, 2.0), 1.0),
        (Op.SELECT, (-0.0, 1.0, 2.0), 2.0),
    ],
)
def test_special_values(op: Op, arguments: tuple[float, ...], expected: float) -> None:
    """The special values of C99, annex F.9, and of the operations that are our own."""
    assert bits(MEANING[op](*arguments)) == bits(expected)


def test_draws_are_uniform_and_depend_on_all_four() -> None:
    """A draw lies strictly in (0, 1), and each of seed, slot, member and step changes it."""
    draws = [uniform(1, 2, member, step) for member in range(100) for step in range(100)]

    assert all(0.0 < draw < 1.0 for draw in draws)
    assert len(set(draws)) == len(draws)
    assert sum(draws) / len(draws) == pytest.approx(0.5, abs=0.01)
    here = uniform(1, 2, 3, 4)
    assert (
        len({here, uniform(2, 2, 3, 4), uniform(1, 3, 3, 4), uniform(1, 2, 4, 4), uniform(1, 2, 3, 5)}) == 5
    )


def test_a_draw_is_fixed() -> None:
    """Kept results stay reproducible: the stream may never change."""
    assert uniform(0, 0, 0, 0) == 0.12964561829974752
