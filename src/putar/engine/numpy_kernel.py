"""The fallback: a Program on NumPy, vectorised over members, for platforms without llvmlite.

Members are taken in blocks that bound the memory: each node of the program holds one value a member of
the block. Its exp, log and kin are those of NumPy's build, so that results agree with the other kernels to
some units in the last place, not to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from putar.engine.ir import Op, Program, Table, live_order
from putar.engine.kernel import Array, check_advance, check_parameters, output_nodes, saved_steps
from putar.engine.methods import METHODS

__all__ = ["NumpyKernel"]

_BLOCK_BYTES: Final = 1 << 26  # what the values of all nodes of a block may take
_GOLDEN: Final = 0x9E3779B97F4A7C15
_WORD: Final = (1 << 64) - 1


def _truth(mask: NDArray[np.bool_]) -> Array:
    return mask.astype(np.float64)


def _choice(condition: NDArray[np.bool_], a: Array, b: Array) -> Array:
    chosen: Array = np.where(condition, a, b)
    return chosen


def _modulo(a: Array, b: Array) -> Array:
    return _choice((b != 0.0) & ~np.isinf(a), np.mod(a, b), np.full_like(a, np.nan))


_OPERATIONS: Final[Mapping[Op, Callable[..., Array]]] = {
    Op.NEG: np.negative,
    Op.ABS: np.abs,
    Op.SQRT: np.sqrt,
    Op.EXP: np.exp,
    Op.LOG: np.log,
    Op.SIN: np.sin,
    Op.COS: np.cos,
    Op.TAN: np.tan,
    Op.ASIN: np.arcsin,
    Op.ACOS: np.arccos,
    Op.ATAN: np.arctan,
    Op.FLOOR: np.floor,
    Op.TRUNC: np.trunc,
    Op.ADD: np.add,
    Op.SUB: np.subtract,
    Op.MUL: np.multiply,
    Op.DIV: np.divide,
    Op.POW: np.power,
    Op.MIN: lambda a, b: _choice((a < b) | (a != a), a, b),
    Op.MAX: lambda a, b: _choice((a > b) | (a != a), a, b),
    Op.MOD: _modulo,
    Op.LT: lambda a, b: _truth(a < b),
    Op.LE: lambda a, b: _truth(a <= b),
    Op.GT: lambda a, b: _truth(a > b),
    Op.GE: lambda a, b: _truth(a >= b),
    Op.EQ: lambda a, b: _truth(a == b),
    Op.NE: lambda a, b: _truth(a != b),
    Op.AND: lambda a, b: _truth((a != 0.0) & (b != 0.0)),
    Op.OR: lambda a, b: _truth((a != 0.0) | (b != 0.0)),
    Op.NOT: lambda a: _truth(a == 0.0),
    Op.SELECT: lambda c, a, b: _choice(c != 0.0, a, b),
}


class _Points:
    """A table's points and slopes as arrays."""

    def __init__(self, table: Table) -> None:
        self._xs, self._ys = np.array(table.xs), np.array(table.ys)
        self._slopes = np.array([table.slope(place) for place in range(len(table.xs))])
        self._held = table.outside == "hold" or table.between == "step"

    def at(self, x: Array) -> Array:
        inside = np.clip(x, self._xs[0], self._xs[-1]) if self._held else x
        place = np.maximum(np.searchsorted(self._xs, inside, side="right") - 1, 0)
        place = np.where(np.isnan(x), 0, place)
        value: Array = self._ys[place] + self._slopes[place] * (inside - self._xs[place])
        return _choice(np.isnan(x), x, value)


class _Draws:
    """The uniform draws of a block of members."""

    def __init__(self, seed: int, first_member: int, members: int) -> None:
        self._seed = seed & _WORD
        self._members = np.arange(first_member, first_member + members, dtype=np.uint64)
        self._keys: dict[int, NDArray[np.uint64]] = {}

    def at(self, slot: int, step: int) -> Array:
        if slot not in self._keys:
            seed = _mixed(np.array([self._seed], dtype=np.uint64))
            self._keys[slot] = _mixed(_mixed(seed + np.uint64(slot)) + self._members)
        word = _mixed(self._keys[slot] + np.uint64(step))
        draw: Array = ((word >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        return draw


def _mixed(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    word = word + np.uint64(_GOLDEN)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


class NumpyKernel:
    """NumPy behind the calls of every kernel."""

    name = "numpy"

    def __init__(self, program: Program, outputs: Sequence[str]) -> None:
        self.note = "NumPy"
        self._program = program
        self._outputs = output_nodes(program, outputs)
        graph, states = program.graph, program.states
        self._tables = [_Points(table) for table in program.tables]
        self._start = live_order(graph, [s.initial for s in states])
        order = live_order(graph, [s.next for s in states] + self._outputs)
        fixed: set[int] = set()
        for i in order:
            node = graph.nodes[i]
            if node.op not in (Op.STATE, Op.TIME, Op.RANDOM) and fixed.issuperset(node.args):
                fixed.add(i)
        self._fixed = [i for i in order if i in fixed]
        self._moving = [i for i in order if i not in fixed]
        rates = set(live_order(graph, [s.next for s in states if s.kind == "integral"]))
        self._rates = [i for i in self._moving if i in rates]

    def initialise(self, parameters: Array) -> Array:
        """Return the states [state, member] at the start; see kernel.Kernel."""
        members = check_parameters(self._program, parameters)
        states = np.empty((len(self._program.states), members))
        with np.errstate(all="ignore"):
            for low, high in self._blocks(members):
                values = _Values(
                    self._program, self._tables, parameters[:, low:high], _Draws(0, low, high - low)
                )
                values.compute(self._start, (), 0.0, 0)
                for i, state in enumerate(self._program.states):
                    states[i, low:high] = values.of[state.initial]
        return states

    def advance(
        self,
        parameters: Array,
        states: Array,
        first: int,
        last: int,
        *,
        seed: int = 0,
        first_member: int = 0,
        threads: int | None = None,  # noqa: ARG002 - NumPy's own
    ) -> Array:
        """Advance the states in place and return the saved rows; see kernel.Kernel."""
        members = check_advance(self._program, parameters, states, first, last)
        saved = saved_steps(self._program, first, last)
        rows = np.empty((len(saved), len(self._outputs), members))
        with np.errstate(all="ignore"):
            for low, high in self._blocks(members):
                draws = _Draws(seed, first_member + low, high - low)
                values = _Values(self._program, self._tables, parameters[:, low:high], draws)
                values.compute(self._fixed, (), 0.0, 0)
                self._run(values, states[:, low:high], rows[:, :, low:high], saved, first, last)
        return rows

    def _run(
        self, values: _Values, states: Array, rows: Array, saved: list[int], first: int, last: int
    ) -> None:
        program = self._program
        row = 0
        now = list(states.copy())
        for n in range(first, last + (last == program.steps)):
            values.compute(self._moving, now, program.time_at(n), n)
            if row < len(saved) and saved[row] == n:
                for position, node in enumerate(self._outputs):
                    rows[row, position] = values.of[node]
                row += 1
            if n < last:
                now = self._moved(values, now, n)
        for i, state in enumerate(now):
            states[i] = state

    def _moved(self, values: _Values, now: list[Array], n: int) -> list[Array]:
        """Return the states one step on, as methods.py says."""
        program, method = self._program, METHODS[self._program.method]
        h = program.step
        slopes = [[values.of[state.next] for state in program.states]]
        for weights, c in zip(method.a, method.c[1:], strict=True):
            inside = [
                x + h * _weighted(weights, [k[i] for k in slopes]) if state.kind == "integral" else x
                for i, (state, x) in enumerate(zip(program.states, now, strict=True))
            ]
            values.compute(self._rates, inside, program.time_at(n + c), n)
            slopes.append(
                [
                    values.of[state.next] if state.kind == "integral" else first
                    for state, first in zip(program.states, slopes[0], strict=True)
                ]
            )
        done = []
        for i, (state, x) in enumerate(zip(program.states, now, strict=True)):
            if state.kind == "latch":
                done.append(slopes[0][i])
                continue
            total = _weighted(method.weights, [k[i] for k in slopes])
            done.append(x + h * (total if method.over == 1.0 else total / method.over))
        return done

    def _blocks(self, members: int) -> list[tuple[int, int]]:
        size = max(64, _BLOCK_BYTES // (8 * max(1, len(self._fixed) + len(self._moving))))
        return [(low, min(low + size, members)) for low in range(0, members, size)]


class _Values:
    """The values of the nodes for a block of members: [member] each."""

    def __init__(self, program: Program, tables: Sequence[_Points], parameters: Array, draws: _Draws) -> None:
        self._program, self._tables, self._parameters, self._draws = program, tables, parameters, draws
        self.of: dict[int, Array] = {}

    def compute(self, order: Sequence[int], states: Sequence[Array], time: float, n: int) -> None:
        members = self._parameters.shape[1]
        for i in order:
            node = self._program.graph.nodes[i]
            key = cast("int", node.key)
            match node.op:
                case Op.CONST:
                    self.of[i] = np.full(members, node.key, dtype=np.float64)
                case Op.PARAM:
                    self.of[i] = self._parameters[key]
                case Op.STATE:
                    self.of[i] = states[key]
                case Op.TIME:
                    self.of[i] = np.full(members, time)
                case Op.LOOKUP:
                    self.of[i] = self._tables[key].at(self.of[node.args[0]])
                case Op.RANDOM:
                    self.of[i] = self._draws.at(key, n)
                case op:
                    self.of[i] = _OPERATIONS[op](*[self.of[a] for a in node.args])


def _weighted(weights: Sequence[float], values: Sequence[Array]) -> Array:
    """Return the weighted sum, from the left; weights of 0 are left out, of 1 not multiplied."""
    total: Array | None = None
    for weight, value in zip(weights, values, strict=True):
        if weight != 0.0:
            term = value if weight == 1.0 else weight * value
            total = term if total is None else total + term
    return np.zeros(1) if total is None else total
