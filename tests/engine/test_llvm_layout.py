"""What is computed when: once a call, once for all members, at every stage, or on saved steps."""

from __future__ import annotations

import pytest

from putar.engine.ir import Graph, Op, Program
from putar.engine.llvm.emit import emit
from putar.engine.llvm.layout import Layout, plan
from putar.engine.llvm.text import Target
from tests.engine.programs import chain, program


@pytest.fixture
def nodes() -> dict[str, int]:
    return {}


@pytest.fixture
def made(nodes: dict[str, int]) -> Program:
    """A program with an operation of each group."""
    g = Graph()
    nodes["init"] = g.node(Op.EXP, g.param(0))
    nodes["clock.rates"] = g.node(Op.SIN, g.time())
    nodes["rates"] = g.node(Op.MUL, g.node(Op.MUL, nodes["init"], nodes["clock.rates"]), g.state(0))
    nodes["latches"] = g.node(Op.ADD, g.state(0), g.const(1.0))
    nodes["clock.outputs"] = g.node(Op.COS, g.time())
    nodes["outputs"] = g.node(Op.ADD, g.state(0), nodes["clock.outputs"])
    nodes["unused"] = g.node(Op.LOG, g.state(0))
    return program(
        g,
        [("x", 1.0, nodes["rates"]), ("before", 0.0, nodes["latches"])],
        {"y": nodes["outputs"], "z": nodes["unused"]},
        latches=("before",),
        parameters={"a": 1.0},
    )


def planned(made: Program, *names: str, chunk: int = 300) -> Layout:
    return plan(made, [dict(made.outputs)[name] for name in names], chunk)


def test_each_operation_is_in_its_group(made: Program, nodes: dict[str, int]) -> None:
    """By what it depends on and who needs it; what nobody asked for is nowhere."""
    home = planned(made, "y", "x").home

    for group in ("init", "clock.rates", "rates", "latches", "clock.outputs", "outputs"):
        assert home[nodes[group]] == (group, 0)
    assert nodes["unused"] not in home


def test_only_what_crosses_functions_has_a_slot(made: Program, nodes: dict[str, int]) -> None:
    """A value that is used where it is made stays in a register."""
    layout = planned(made, "y", "x")
    inner = made.graph.nodes[nodes["rates"]].args[0]

    assert inner not in layout.slots
    assert layout.in_clock(nodes["clock.rates"])
    assert not layout.in_clock(nodes["init"])
    assert len(set(layout.kept)) == 2


def test_functions_are_cut_to_size() -> None:
    """No function is longer than asked for, and every operation is in one."""
    made = chain(20)
    layout = planned(made, "s1", chunk=30)
    sizes = [len(body) for bodies in layout.functions.values() for body in bodies]

    assert max(sizes) == 30
    assert sum(sizes) == len(layout.home)


def test_text_grows_linearly_with_the_program() -> None:
    """Twice the model, twice the text: no part is written out once for each pair."""
    sizes = []
    for n in (40, 80):
        made = chain(n)
        sizes.append(len(emit(made, [node for _, node in made.outputs], Target(8, avx512=True)).text))

    assert sizes[1] < 2.2 * sizes[0]
