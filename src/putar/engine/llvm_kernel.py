"""The machine: a Program as native code, many members at a time, all steps of time in one call.

Members are cut into blocks, blocks into vectors of lanes; a block goes through all its steps inside one
call of the compiled function, with the GIL released, so that threads run side by side. No result depends
on lanes, blocks or threads: every lane computes the same instructions on its own numbers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from putar.engine.ir import Graph, Node, Op, Program
from putar.engine.kernel import Array, check_advance, check_parameters, output_nodes, saved_steps
from putar.engine.llvm.emit import RUN_ARGUMENTS, SYMBOL, Emitted, emit
from putar.engine.llvm.jit import Host, Machine, compile_text, host
from putar.engine.llvm.text import Target
from putar.engine.simplify import fold_constants, rewrite

__all__ = ["LlvmKernel", "Native", "compile_native", "level_for"]

_CACHE_BYTES = 1 << 18  # work areas of a group of vectors should stay in a core's second-level cache
_LARGE: Final = 50_000  # nodes; code for more is made in an eighth of the time, and runs a third slower
_LARGE_FOR_FEW: Final = 8_000  # the same where few members run, which never make up for the time
_BLOCK = 4096  # members whose parameters are packed at a time


@dataclass(frozen=True, slots=True)
class Native:
    """Object code and what its caller provides: bytes of a vector's work area and of the clock's areas."""

    code: bytes
    lanes: int
    work: int
    clock: int

    def packed(self) -> bytes:
        """Return all of it as bytes: what the cache keeps."""
        return b"".join(n.to_bytes(8, "little") for n in (self.lanes, self.work, self.clock)) + self.code

    @classmethod
    def unpacked(cls, body: bytes) -> Native:
        """Return what `packed` gave."""
        numbers = [int.from_bytes(body[place : place + 8], "little") for place in (0, 8, 16)]
        return cls(body[24:], *numbers)


def compile_native(
    program: Program,
    outputs: Sequence[str],
    *,
    lanes: int | None = None,
    level: int | None = None,
    chunk: int | None = None,
    machine: Host | None = None,
) -> Native:
    """Return the machine code of a program that saves the named outputs.

    Parameters
    ----------
    lanes : members a vector holds; by default what the CPU's registers hold
    level : of the code generator's optimisation; by default `level_for` many members
    chunk : operations a function; for tests
    machine : to compile for another CPU; for tests
    """
    machine = machine or host()
    lanes = lanes or machine.lanes
    if any(_foldable(program.graph, node) for node in program.graph.nodes):
        program = rewrite(program, [fold_constants])
    if level is None:
        level = level_for(program, few=False)
    target = Target(lanes, machine.avx512)
    nodes = output_nodes(program, outputs)
    emitted: Emitted = emit(program, nodes, target, chunk) if chunk else emit(program, nodes, target)
    return Native(compile_text(emitted.text, machine, level), lanes, emitted.work, emitted.clock)


def level_for(program: Program, *, few: bool) -> int:
    """Return how far machine code is optimised: 2, or 0 where that takes longer than it can save."""
    return 2 if len(program.graph.nodes) <= (_LARGE_FOR_FEW if few else _LARGE) else 0


def _foldable(graph: Graph, node: Node) -> bool:
    """Return whether an operation works on constants alone; machine code is made of what remains."""
    constant = [graph.nodes[argument].op is Op.CONST for argument in node.args]
    return bool(constant) and (all(constant) or (node.op is Op.SELECT and constant[0]))


class LlvmKernel:
    """Native code behind the calls of every kernel."""

    name = "llvm"

    def __init__(self, program: Program, outputs: Sequence[str], native: Native) -> None:
        self.note = f"machine code, {native.lanes} members a vector"
        self._program, self._count = program, len(outputs)
        self._native = native
        self._machine = Machine(native.code, SYMBOL)
        self._function = self._machine.function(*[kind for _, _, kind in RUN_ARGUMENTS])

    def initialise(self, parameters: Array) -> Array:
        """Return the states [state, member] at the start; see kernel.Kernel."""
        members = check_parameters(self._program, parameters)
        states = np.empty((len(self._program.states), members))
        rows = np.empty((0, self._count, members))
        for low in range(0, members, _BLOCK):
            self._run_block(parameters, states, rows, low, min(low + _BLOCK, members), 0, 0, 0, 0, True)
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
        threads: int | None = None,
    ) -> Array:
        """Advance the states in place and return the saved rows; see kernel.Kernel."""
        members = check_advance(self._program, parameters, states, first, last)
        padded = -(-members // 8) * 8 if self._native.lanes <= 8 else -(-members // 16) * 16
        saved = len(saved_steps(self._program, first, last))
        rows = _aligned(saved * self._count * padded).reshape(saved, self._count, padded)
        threads = threads or _processors()
        size = self._block_size(members, threads)
        lows = range(0, members, size)

        def work(low: int) -> None:
            high = min(low + size, members)
            self._run_block(parameters, states, rows, low, high, first, last, seed, first_member, False)

        if threads == 1 or len(lows) <= 1:
            for low in lows:
                work(low)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, lows))
        return rows[:, :, :members]

    def _group(self, vectors: int) -> int:
        return max(1, min(8, vectors, _CACHE_BYTES // self._native.work))

    def _block_size(self, members: int, threads: int) -> int:
        """Return members a block: whole groups, and some blocks for each thread."""
        lanes = self._native.lanes
        vectors = -(-members // lanes)
        group = self._group(-(-vectors // threads))
        share = -(-vectors // (group * threads * (4 if threads > 1 else 1)))
        return min(max(share, 1) * group * lanes, max(_BLOCK // (group * lanes), 1) * group * lanes)

    def _run_block(
        self,
        parameters: Array,
        states: Array,
        rows: Array,
        low: int,
        high: int,
        first: int,
        last: int,
        seed: int,
        first_member: int,
        only_initial: bool,
    ) -> None:
        lanes = self._native.lanes
        vectors = -(-(high - low) // lanes)
        width = vectors * lanes
        own_parameters, own_states = _packed(parameters, low, high, width), _packed(states, low, high, width)
        group = self._group(vectors)
        work = _aligned((group * self._native.work + self._native.clock) // 8)
        self._function(
            own_parameters.ctypes.data,
            own_states.ctypes.data,
            rows.ctypes.data + 8 * low,
            work.ctypes.data,
            8 * width,
            rows.strides[1],
            vectors,
            group,
            first,
            last,
            self._program.steps,
            self._program.save_every,
            self._program.start,
            self._program.step,
            _signed(seed),
            first_member + low,
            int(only_initial),
        )
        states[:, low:high] = own_states[:, : high - low]


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _aligned(size: int) -> Array:
    """Return an uninitialised array whose first element starts a line of 128 bytes."""
    raw = np.empty(size + 16)
    skip = (-raw.ctypes.data % 128) // 8
    return raw[skip : skip + size]


def _packed(values: Array, low: int, high: int, width: int) -> Array:
    """Return columns low..high, contiguous, the last one repeated up to a width."""
    packed = np.empty((values.shape[0], width))
    packed[:, : high - low] = values[:, low:high]
    packed[:, high - low :] = values[:, high - 1 : high]
    return packed


def _signed(word: int) -> int:
    """Return a 64-bit word as ctypes takes it."""
    word &= (1 << 64) - 1
    return word - (1 << 64) if word >> 63 else word
