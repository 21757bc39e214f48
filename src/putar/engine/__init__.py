"""From a Program to numbers: the graph, the judge, the machine-code kernel and its fallback."""

from putar.engine.build import compile  # noqa: A004 - the engine's own verb
from putar.engine.ir import Graph, Op, Program, State, Table, verify
from putar.engine.kernel import Kernel

__all__ = ["Graph", "Kernel", "Op", "Program", "State", "Table", "compile", "verify"]
