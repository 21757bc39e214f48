"""A flywheel as the script that a person would write for it: one line an equation, a loop over the steps.

The script is made from the same Program that putar compiles, so that the two answer the same question; it
knows nothing else of putar. Its numbers may be floats, for one run at a time, or NumPy arrays, for all runs
side by side: `FLOATS` and `ARRAYS` are the functions it calls.
"""

import importlib.util
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from measure import BUILT
from putar.engine.ir import Op, Program, live_order

OPERATIONS = {
    Op.ADD: "{0} + {1}",
    Op.SUB: "{0} - {1}",
    Op.MUL: "{0} * {1}",
    Op.DIV: "{0} / {1}",
    Op.POW: "{0} ** {1}",
    Op.NEG: "-{0}",
    Op.EXP: "exp({0})",
    Op.LOG: "log({0})",
    Op.SQRT: "sqrt({0})",
    Op.ABS: "abs({0})",
    Op.MIN: "least({0}, {1})",
    Op.MAX: "most({0}, {1})",
    Op.LT: "{0} < {1}",
    Op.LE: "{0} <= {1}",
    Op.GT: "{0} > {1}",
    Op.GE: "{0} >= {1}",
    Op.EQ: "{0} == {1}",
    Op.AND: "both({0}, {1})",
    Op.SELECT: "choose({0}, {1}, {2})",
}
FLOATS: Mapping[str, Callable[..., Any]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "least": min,
    "most": max,
    "both": lambda a, b: a and b,
    "choose": lambda c, a, b: a if c else b,
}
ARRAYS: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "least": np.minimum,
    "most": np.maximum,
    "both": np.logical_and,
    "choose": np.where,
}


def script(program: Program, output: str) -> str:
    """Return the text of a function `run(parameters)` that gives one output at the end of the run."""
    if program.method != "euler" or any(state.kind != "integral" for state in program.states):
        raise ValueError("the script takes steps by Euler's method, and keeps stocks alone")
    wanted = dict(program.outputs)[output]
    first = live_order(program.graph, [state.initial for state in program.states])
    each = live_order(program.graph, [*(state.next for state in program.states), wanted])
    lines = ["def run(p):", *_equations(program, first)]
    lines += [f"    s{i} = {_name(program, s.initial)}" for i, s in enumerate(program.states)]
    lines += [f"    for n in range({program.steps + 1}):"]
    lines += [f"        t = {program.start!r} + n * {program.step!r}"]
    lines += [f"    {line}" for line in _equations(program, each)]
    lines += [f"        if n == {program.steps}:", f"            return {_name(program, wanted)}"]
    lines += [
        f"        s{i} = s{i} + {program.step!r} * {_name(program, s.next)}"
        for i, s in enumerate(program.states)
    ]
    return "\n".join(lines) + "\n"


def _equations(program: Program, order: list[int]) -> list[str]:
    found = []
    for index in order:
        node = program.graph.nodes[index]
        if node.op is Op.LOOKUP:
            table = program.tables[int(node.key or 0)]
            found.append(f"    v{index} = interp({_name(program, node.args[0])}, {table.xs!r}, {table.ys!r})")
        elif node.args:
            names = [_name(program, argument) for argument in node.args]
            found.append(f"    v{index} = {OPERATIONS[node.op].format(*names)}")
    return found


def _name(program: Program, index: int) -> str:
    node = program.graph.nodes[index]
    match node.op:
        case Op.CONST:
            return repr(node.key)
        case Op.PARAM:
            return f"p[{node.key}]"
        case Op.STATE:
            return f"s{node.key}"
        case Op.TIME:
            return "t"
        case _:
            return f"v{index}"


def built(text: str, name: str, functions: Mapping[str, Callable[..., Any]]) -> Callable[[list[Any]], Any]:
    """Return the function of a script, written to a file and imported as any module is."""
    BUILT.mkdir(exist_ok=True)
    path = BUILT / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    vars(module).update(functions, interp=np.interp)
    spec.loader.exec_module(module)
    run: Callable[[list[Any]], Any] = module.run
    return run
