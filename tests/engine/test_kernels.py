"""All kernels mean the same: every operation, generated programs, split runs, many members."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from putar.engine import build
from putar.engine.ir import Graph, Op, Program, Table, verify
from putar.engine.kernel import Kernel, saved_steps
from putar.engine.llvm.jit import Host, host
from putar.engine.llvm_kernel import LlvmKernel, compile_native
from putar.engine.methods import METHODS
from putar.engine.operations import MEANING, OPERATIONS, uniform
from putar.engine.reference import ReferenceKernel
from putar.errors import UsageError
from tests.engine.programs import SPECIAL, chain, program

FAST = ("numpy", "llvm")
ROUNDED = {Op.EXP, Op.LOG, Op.POW, Op.SIN, Op.COS, Op.TAN, Op.ASIN, Op.ACOS, Op.ATAN}
Array = NDArray[np.float64]


def run(kernel: Kernel, made: Program, parameters: Array, **options: int) -> Array:
    states = kernel.initialise(parameters)
    return kernel.advance(parameters, states, 0, made.steps, **options)


def names(made: Program) -> list[str]:
    return [name for name, _ in made.outputs]


def native(
    made: Program,
    lanes: int | None = None,
    chunk: int | None = None,
    level: int | None = None,
    machine: Host | None = None,
) -> LlvmKernel:
    code = compile_native(made, names(made), lanes=lanes, chunk=chunk, level=level, machine=machine)
    return LlvmKernel(made, names(made), code)


def assert_same(found: Array, expected: Array, what: str = "") -> None:
    """All bits but those of a NaN."""
    np.testing.assert_array_equal(found, expected, err_msg=what)
    known = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found[known]), np.signbit(expected[known]), err_msg=what)


# every operation


def all_operations(source: str) -> Program:
    """All operations on a, b, c, which are parameters, latches, or (for hoisting) both."""
    g = Graph()
    if source == "parameters":
        a, b, c = g.param(0), g.param(1), g.param(2)
    else:
        a, b, c = g.state(0), g.state(1), g.state(2)
    outputs = {}
    for op in MEANING:
        outputs[op.value] = g.node(op, *[a, b, c][: OPERATIONS[op].arity])
        if OPERATIONS[op].arity == 2:
            outputs[f"{op.value} with a constant"] = g.node(op, g.const(2.5), a)
            outputs[f"{op.value} a constant"] = g.node(op, a, g.const(0.0))
    states = [(name, 0.0, g.state(i)) for i, name in enumerate("abc")]
    made = program(
        g,
        states,
        outputs,
        latches=("a", "b", "c"),
        parameters={"a": 0.0, "b": 0.0, "c": 0.0},
        steps=1,
    )
    starts = tuple(replace(state, initial=g.param(i)) for i, state in enumerate(made.states))
    return replace(made, states=starts)


def special_members() -> Array:
    pairs = np.array(list(product(SPECIAL, SPECIAL))).T
    return np.vstack([pairs, np.roll(pairs[1], 7)])


@pytest.mark.parametrize("source", ["parameters", "states"])
@pytest.mark.parametrize("kernel", FAST)
def test_every_operation_on_special_values(kernel: str, source: str) -> None:
    """Zeros of both signs, infinities, NaN, denormals: the judge's answer, to the bit where IEEE says."""
    made, parameters = all_operations(source), special_members()
    outputs = names(made)
    expected = run(ReferenceKernel(made, outputs), made, parameters)
    found = run(build.compile(made, outputs, kernel), made, parameters)

    for i, name in enumerate(outputs):
        if name.split()[0] in ROUNDED:
            np.testing.assert_allclose(found[:, i], expected[:, i], rtol=1e-14, atol=0, err_msg=name)
            ended = ~np.isfinite(expected[:, i]) | (expected[:, i] == 0.0)
            assert_same(found[:, i][ended], expected[:, i][ended], name)
        else:
            assert_same(found[:, i], expected[:, i], name)


TABLES = (
    Table((0.0,), (2.0,)),
    Table((0.0, 1.0), (-1.0, 3.0)),
    Table((0.0, 1.0), (-1.0, 3.0), "linear", "extrapolate"),
    Table((0.0, 1.0, 1.0, 2.5), (0.0, 1.0, 5.0, -2.0)),
    Table((0.0, 1.0, 1.0, 2.5), (0.0, 1.0, 5.0, -2.0), "step"),
    Table(tuple(map(float, range(9))), tuple(math.sin(i) for i in range(9))),
    Table(tuple(map(float, range(9))), tuple(math.sin(i) for i in range(9)), "linear", "extrapolate"),
    Table(tuple(0.3 * i for i in range(16)), tuple(math.cos(i) for i in range(16)), "linear", "extrapolate"),
    Table(tuple(0.3 * i for i in range(17)), tuple(math.cos(i) for i in range(17))),
    Table(tuple(0.1 * i * i for i in range(40)), tuple(math.cos(i) for i in range(40))),
    Table(tuple(0.1 * i * i for i in range(40)), tuple(math.cos(i) for i in range(40)), "step"),
)


@pytest.mark.parametrize("lanes", [None, 4, 1])
def test_every_kind_of_table_has_the_same_bits(lanes: int | None) -> None:
    """However a place is found, at the points, between, outside and at special values."""
    g = Graph()
    outputs = {f"table{i}": g.lookup(i, g.param(0)) for i in range(len(TABLES))}
    made = program(g, [], outputs, tables=TABLES, parameters={"x": 0.0}, steps=0)
    points = np.array([x for table in TABLES for x in table.xs])
    xs = np.concatenate(
        [
            points,
            np.nextafter(points, np.inf),
            np.nextafter(points, -np.inf),
            np.linspace(-2, 20, 97),
            SPECIAL,
        ]
    )
    expected = run(ReferenceKernel(made, names(made)), made, xs[None, :])

    assert_same(run(native(made, lanes), made, xs[None, :]), expected)
    assert_same(run(build.compile(made, names(made), "numpy"), made, xs[None, :]), expected)


def test_draws_are_the_same_in_all_kernels() -> None:
    """A draw depends on seed, slot, member and step alone, and is held inside a step."""
    g = Graph()
    made = program(
        g,
        [("x", 0.0, g.random(3))],
        {"u": g.random(0), "v": g.random(3), "w": g.node(Op.ADD, g.random(0), g.param(0))},
        parameters={"a": 1.0},
        step=1.0,
        steps=4,
        method="rk4",
    )
    parameters = np.ones((1, 11))
    expected = run(ReferenceKernel(made, names(made)), made, parameters, seed=2**63 + 5, first_member=40)

    assert expected[2, 1, 7] == uniform(2**63 + 5, 0, 47, 2)
    np.testing.assert_allclose(expected[1:, 0], np.cumsum(expected[:-1, 2], axis=0), rtol=1e-15)
    for kernel in FAST:
        assert_same(
            run(build.compile(made, names(made), kernel), made, parameters, seed=2**63 + 5, first_member=40),
            expected,
        )
    for lanes in (1, 4):
        assert_same(run(native(made, lanes), made, parameters, seed=2**63 + 5, first_member=40), expected)
    part = run(native(made), made, parameters[:, 3:5], seed=2**63 + 5, first_member=43)
    assert_same(part, expected[:, :, 3:5])


# generated programs

EXACT = sorted(set(MEANING) - ROUNDED)


@st.composite
def programs(draw: st.DrawFn, *, exact: bool) -> Program:
    """Programs of up to 40 operations; without rounded functions, or with them on leaves alone."""
    g = Graph()
    tables = (TABLES[5], TABLES[3], TABLES[10])
    values = st.sampled_from([*SPECIAL, 0.25, 3.0, 100.0]) if exact else st.floats(-5.0, 5.0)
    leaves = [g.const(draw(values)) for _ in range(2)]
    leaves += [g.param(0), g.param(1), g.state(0), g.state(1), g.state(2), g.time()]
    if not exact:
        bounded = [g.node(Op.MIN, g.node(Op.MAX, leaf, g.const(-3.0)), g.const(3.0)) for leaf in leaves]
        leaves += [
            g.node(op, *[draw(st.sampled_from(bounded)) for _ in range(OPERATIONS[op].arity)])
            for op in draw(st.lists(st.sampled_from(sorted(ROUNDED)), min_size=1, max_size=4))
        ]
    else:
        leaves.append(g.random(draw(st.integers(0, 3))))
    operations = [*EXACT, Op.LOOKUP] if exact else [Op.ADD, Op.SUB, Op.MUL, Op.NEG, Op.ABS, Op.MIN, Op.MAX]
    made = list(leaves)
    for op in draw(st.lists(st.sampled_from(operations), min_size=3, max_size=30)):
        arguments = [draw(st.sampled_from(made)) for _ in range(OPERATIONS[op].arity)]
        key = draw(st.integers(0, 2)) if op is Op.LOOKUP else None
        made.append(g.node(op, *arguments, key=key))
    nexts = [draw(st.sampled_from(made)) for _ in range(3)]
    return program(
        g,
        [("x", draw(values), nexts[0]), ("y", draw(values), nexts[1]), ("z", draw(values), nexts[2])],
        {f"o{i}": node for i, node in enumerate(made)},
        tables=tables,
        parameters={"a": 0.0, "b": 0.0},
        latches=tuple(draw(st.sets(st.sampled_from("xyz"), max_size=2))),
        start=draw(st.sampled_from([0.0, 2022.0])),
        step=draw(st.sampled_from([1.0, 0.125, 0.1])),
        steps=draw(st.integers(0, 4)),
        method=draw(st.sampled_from(sorted(METHODS))),
        save_every=draw(st.integers(1, 3)),
    )


PARAMETERS = np.array([[1.0, -2.0, 0.0, 0.5, 1e300], [0.25, 3.0, -0.0, math.inf, -7.0]])


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(made=programs(exact=True))
def test_generated_programs_without_rounded_functions_have_the_same_bits(made: Program) -> None:
    """Whatever the graph, method and grid of time, all kernels give the judge's bits."""
    verify(made)
    expected = run(ReferenceKernel(made, names(made)), made, PARAMETERS, seed=9)

    for kernel in FAST:
        assert_same(run(build.compile(made, names(made), kernel), made, PARAMETERS, seed=9), expected, kernel)
    assert_same(run(native(made, 2, chunk=3, level=0), made, PARAMETERS, seed=9), expected, "chunks of three")


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(made=programs(exact=False))
def test_generated_programs_with_rounded_functions_agree(made: Program) -> None:
    """A unit in the last place of exp or log is all that kernels differ by."""
    parameters = np.array([[1.0, -2.0, 0.0, 0.5], [0.25, 3.0, -0.0, 1.5]])
    expected = run(ReferenceKernel(made, names(made)), made, parameters)
    scale = np.maximum(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0.0))
    results = [run(build.compile(made, names(made), kernel), made, parameters) for kernel in FAST]

    for found in results:
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * scale)
    assert_same(run(native(made, 1, chunk=5), made, parameters), results[1])


# many members


@pytest.fixture(scope="module")
def expected_chain() -> Array:
    return run(native(chain(6, steps=48)), chain(6, steps=48), chain_parameters(203))


def chain_parameters(members: int) -> Array:
    share = np.arange(members) / members
    return np.array([4.0 * (1.0 + 0.2 * share), 20.0 * (1.0 + 0.2 * share)])


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("chunk", [None, 25])
def test_lanes_and_chunks_change_no_bit(lanes: int, chunk: int | None, expected_chain: Array) -> None:
    """The number of members in a vector and the cut into functions are no part of the answer."""
    made = chain(6, steps=48)
    np.testing.assert_array_equal(
        run(native(made, lanes, chunk), made, chain_parameters(203)), expected_chain
    )


@pytest.mark.parametrize("level", [0, 1, 3])
def test_levels_of_optimisation_change_no_bit(level: int, expected_chain: Array) -> None:
    """The code generator may be hurried for large programs."""
    made = chain(6, steps=48)
    np.testing.assert_array_equal(run(native(made, level=level), made, chain_parameters(203)), expected_chain)


@pytest.mark.parametrize("cpu", ["x86-64-v3", "x86-64"])
def test_cpus_change_no_bit(cpu: str, expected_chain: Array) -> None:
    """Code for a CPU without AVX-512, or without fused multiply-adds, answers alike."""
    here = host()
    other = Host(cpu, "", here.version) if "+fma" in here.features.split(",") else here
    made = chain(6, steps=48)
    found = run(native(made, 2, machine=other), made, chain_parameters(203))
    np.testing.assert_array_equal(found, expected_chain)


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_threads_and_blocks_change_no_bit(threads: int, expected_chain: Array) -> None:
    """Members may be cut and shared out in any way, and run alone."""
    made, parameters = chain(6, steps=48), chain_parameters(203)
    kernel = native(made)
    np.testing.assert_array_equal(run(kernel, made, parameters, threads=threads), expected_chain)
    for part in (slice(0, 1), slice(100, 113), slice(202, 203)):
        alone = run(kernel, made, np.ascontiguousarray(parameters[:, part]), threads=threads)
        np.testing.assert_array_equal(alone, expected_chain[:, :, part])


def test_strided_and_broadcast_parameters_are_read_right(expected_chain: Array) -> None:
    """A view in any memory order is a valid array of parameters."""
    made = chain(6, steps=48)
    transposed = np.ascontiguousarray(chain_parameters(203).T).T
    np.testing.assert_array_equal(run(native(made), made, transposed), expected_chain)
    same = np.broadcast_to(chain_parameters(203)[:, :1], (2, 20))
    np.testing.assert_array_equal(run(native(made), made, same)[:, :, 19], expected_chain[:, :, 0])


@pytest.mark.parametrize("kernel", FAST)
def test_chain_agrees_with_the_judge(kernel: str) -> None:
    """The model that speed is measured on, to twelve digits."""
    made, parameters = chain(6, steps=80), chain_parameters(3)
    expected = run(build.compile(made, names(made), "reference"), made, parameters)
    np.testing.assert_allclose(
        run(build.compile(made, names(made), kernel), made, parameters), expected, rtol=1e-12
    )


@pytest.mark.parametrize("kernel", FAST)
def test_member_that_blows_up_leaves_its_neighbours_untouched(kernel: str) -> None:
    """One member's failure stays in its own column."""
    g = Graph()
    square = g.node(Op.MUL, g.node(Op.MUL, g.state(0), g.state(0)), g.param(0))
    made = program(
        g, [("x", 1.0, square)], {"log": g.node(Op.LOG, g.state(0))}, parameters={"pull": 0.0}, steps=40
    )
    pull = np.array([[0.0, 1.0, 0.0, -2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1e-3]])
    rows = run(build.compile(made, names(made), kernel), made, pull)

    assert not np.isfinite(rows[-1, 0, 1])
    calm = [0, 2, 4, 5, 6, 7, 8]
    assert (rows[:, 0, calm] == 1.0).all()
    np.testing.assert_array_equal(
        run(build.compile(made, names(made), kernel), made, pull[:, 9:])[:, :, 0], rows[:, :, 9]
    )


# runs in parts


@pytest.mark.parametrize("kernel", ["reference", *FAST])
@pytest.mark.parametrize("method", METHODS)
def test_segments_equal_one_run_when_nothing_changes(method: str, kernel: str) -> None:
    """A run may be split at any step; states are carried by the caller, rows are neither lost nor doubled."""
    made = replace(chain(2, steps=21), method=method, save_every=4)
    parameters = chain_parameters(3)
    runner = build.compile(made, names(made), kernel)
    whole_states = runner.initialise(parameters)
    whole = runner.advance(parameters, whole_states, 0, 21)
    states = runner.initialise(parameters)
    bounds = [0, 0, 3, 4, 9, 21, 21]
    parts = [runner.advance(parameters, states, a, b) for a, b in pairwise(bounds)]

    assert [len(part) for part in parts] == [0, 1, 0, 2, 4, 1]
    np.testing.assert_array_equal(np.concatenate(parts[:-1]), whole)
    np.testing.assert_array_equal(parts[-1][0], whole[-1])
    np.testing.assert_array_equal(states, whole_states)


@pytest.mark.parametrize("kernel", ["reference", *FAST])
def test_parameters_may_change_between_segments(kernel: str) -> None:
    """A dated change acts from its step on; the row at that step already shows it."""
    g = Graph()
    made = program(
        g, [("x", 0.0, g.param(0))], {"rate": g.param(0)}, parameters={"rate": 1.0}, step=0.5, steps=4
    )
    runner = build.compile(made, ["x", "rate"], kernel)
    before, after = np.array([[1.0]]), np.array([[10.0]])
    states = runner.initialise(before)
    rows = np.concatenate([runner.advance(before, states, 0, 2), runner.advance(after, states, 2, 4)])

    assert rows[:, 0, 0].tolist() == [0.0, 0.5, 1.0, 6.0, 11.0]
    assert rows[:, 1, 0].tolist() == [1.0, 1.0, 10.0, 10.0, 10.0]


@pytest.mark.parametrize(
    ("steps", "every", "expected"),
    [(10, 5, [0, 5, 10]), (10, 4, [0, 4, 8, 10]), (10, 100, [0, 10]), (0, 1, [0]), (3, 1, [0, 1, 2, 3])],
)
def test_saved_steps_include_the_first_and_the_last(steps: int, every: int, expected: list[int]) -> None:
    """Rows fall on multiples of save_every, and on the last step."""
    made = replace(chain(1), steps=steps, save_every=every)
    assert saved_steps(made, 0, steps) == expected
    g = Graph()
    clock = program(g, [], {"t": g.time()}, steps=steps, save_every=every)
    for kernel in ("reference", *FAST):
        rows = build.compile(clock, ["t"], kernel).advance(np.empty((0, 2)), np.empty((0, 2)), 0, steps)
        assert rows[:, 0, 1].tolist() == expected


@pytest.mark.parametrize("kernel", ["reference", *FAST])
def test_outputs_come_in_the_order_asked_for(kernel: str) -> None:
    """Any variables, doubled too, or none."""
    made = chain(2, steps=8)
    parameters = chain_parameters(2)
    every = run(build.compile(made, names(made), kernel), made, parameters)
    everything = {name: every[:, i] for i, name in enumerate(names(made))}
    rows = run(build.compile(made, ["out2", "s1", "out2"], kernel), made, parameters)

    for i, name in enumerate(["out2", "s1", "out2"]):
        np.testing.assert_array_equal(rows[:, i], everything[name])
    assert run(build.compile(made, [], kernel), made, parameters).shape == (2, 0, 2)


@pytest.mark.parametrize("kernel", ["reference", *FAST])
def test_wrong_arrays_are_refused(kernel: str) -> None:
    """Shapes, types and steps are checked before anything runs."""
    made = chain(1, steps=8)
    runner = build.compile(made, ["s1"], kernel)
    good = chain_parameters(2)
    with pytest.raises(ValueError, match=r"parameters have shape \(3, 2\), not \(2, members\)"):
        runner.initialise(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="parameters are float32, not float64"):
        runner.initialise(good.astype(np.float32))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"states have shape \(1, 3\), not \(1, 2\)"):
        runner.advance(good, np.zeros((1, 3)), 0, 8)
    with pytest.raises(ValueError, match="steps 4 to 9 are not within 0 to 8"):
        runner.advance(good, np.zeros((1, 2)), 4, 9)


def test_unknown_output_is_named_with_the_nearest() -> None:
    """A misspelt variable gets the right one."""
    with pytest.raises(UsageError) as error:
        build.compile(chain(1), ["outt1"])
    assert str(error.value) == "the model has no variable 'outt1'\n  fix: did you mean 'out1'?"
