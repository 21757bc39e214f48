"""A small model written as XMILE for pysimlin, and pysimlin's scores of its loops and links."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from putar.language.model import Model, Variable

Array = NDArray[np.float64]

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>putar</vendor><product version="1">putar</product><name>{name}</name></header>
<sim_specs method="Euler"><start>{start}</start><stop>{stop}</stop><dt>{step}</dt></sim_specs>
<model><variables>
{variables}
</variables></model></xmile>
"""


def as_xmile(model: Model, values: Mapping[str, float]) -> str:
    """A model without arrays and curves as XMILE text."""
    time = model.time
    rows = [_row(model, variable, values) for variable in model.variables]
    return HEAD.format(
        name=model.name, start=time.start, stop=time.stop, step=time.step, variables="\n".join(rows)
    )


def _row(model: Model, variable: Variable, values: Mapping[str, float]) -> str:
    name = variable.name
    if variable.kind == "constant":
        assert variable.parameter is not None
        return f'<aux name="{name}"><eqn>{values.get(name, variable.parameter.runs)}</eqn></aux>'
    assert variable.equation is not None
    text = variable.equation.text.replace("<", "&lt;")
    if variable.kind == "stock":
        flows = "".join(f"<inflow>{flow}</inflow>" for flow in variable.inflows)
        flows += "".join(f"<outflow>{flow}</outflow>" for flow in variable.outflows)
        return f'<stock name="{name}"><eqn>{text}</eqn>{flows}</stock>'
    return f'<{variable.kind} name="{name}"><eqn>{text}</eqn></{variable.kind}>'


def peer_scores(
    model: Model, folder: Path, values: Mapping[str, float] | None = None
) -> tuple[dict[frozenset[str], Array], dict[tuple[str, str], Array]]:
    """Raw loop scores by the loop's variables, and link scores, [row], as pysimlin has them."""
    import simlin

    path = folder / "model.xmile"
    path.write_text(as_xmile(model, values or {}), encoding="utf-8")
    loaded = simlin.load(str(path))
    run = loaded.simulate(enable_ltm=True)
    run.run_to_end()
    loops = {
        frozenset(name for name in loop.variables if not name.startswith("$")): np.asarray(
            run.get_loop_score(loop.id)
        )
        for loop in run.get_loops_runtime()
    }
    links = {}
    for link in run.get_links():
        if link.score is not None:
            words = str(link).split(" ")
            links[words[0], words[-1]] = np.asarray(link.score)
    return loops, links
