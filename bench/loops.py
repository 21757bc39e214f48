"""Question: what do loop scores cost?

Of `openai-compute` a thousand members are scored beside a plain ensemble of the same rows and members, both
with their compiled programs at hand; scores of the central values are first compared with those of the
single run. The spectrum is the Jacobian with its eigenvalues at every row of that run. Discovery is a made
model of 300 variables, 60 of them stocks, each reading several others, from equations to ranked loops.
"""

import random
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from measure import interleaved, report
from putar.analysis.causal import causal_graph
from putar.analysis.dominance import dominance
from putar.analysis.jacobian import jacobian
from putar.analysis.loops import find_loops
from putar.analysis.spectrum import local_rate
from putar.analysis.trajectory import trajectory
from putar.engine.formulas import formulas
from putar.flywheels.catalogue import find
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of
from putar.formats.text import read_model
from putar.runs.design import design
from putar.runs.execute import execute

MEMBERS = 1000
EVERY = 16  # steps between rows: a quarter of a year


def tangled(stocks: int = 60, auxiliaries: int = 120, seed: int = 1) -> str:
    """A model of stocks with an inflow and an outflow each, and auxiliaries that read three others each."""
    draw = random.Random(seed)  # noqa: S311 - a model, no secret
    lines = ["time 0 to 20 step 0.125 : year", "constant one : year = 1"]
    for k in range(auxiliaries):
        read = draw.sample([f"a{j}" for j in range(k)] + [f"s{j}" for j in range(stocks)], 3)
        lines.append(f"aux a{k} : dmnl = ({read[0]} + {read[1]} * {read[2]} / (1 + {read[1]})) / 2")
    for k in range(stocks):
        first, second = draw.sample(range(auxiliaries), 2)
        lines.append(f"flow in{k} : 1/year = 0.2 * a{first} / (1 + s{k} / 10) / one")
        lines.append(f"flow out{k} : 1/year = 0.1 * s{k} * (1 + a{second} / 10) / one")
        lines.append(f"stock s{k} : dmnl = {1 + k % 7}\n  inflow in{k}\n  outflow out{k}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Agreement first, then the three times."""
    flywheel = find("openai-compute")
    equations = flywheel.formulas
    run = trajectory(equations, design_of(flywheel, RunSpec()))
    finding = find_loops(run, flywheel.loops)
    central = dominance(finding, equations, design_of(flywheel, RunSpec()), save_every=EVERY)
    main_part = [n for n, circuit in enumerate(finding.shares.circuits) if circuit.partition == 0]
    carried = np.abs(finding.shares.share[EVERY::EVERY][:, main_part]).sum(axis=1)
    for place, loop in enumerate(finding.main):
        expected = loop.share[EVERY::EVERY] / carried
        np.testing.assert_allclose(central.middle[:, place], expected, atol=1e-6)

    plan = design_of(flywheel, RunSpec(members=MEMBERS))
    plain = replace(flywheel.program, save_every=EVERY)
    shown = tuple(row.variable for row in flywheel.headline)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tangled.putar"
        path.write_text(tangled(), encoding="utf-8")
        model = read_model(path)
    size = len(formulas(model).all)

    def discover() -> object:
        made = formulas(model)
        return find_loops(trajectory(made, design(made.program)))

    found = discover()
    took = interleaved(
        {
            "plain": lambda: execute(plain, plan, shown),
            "scored": lambda: dominance(finding, equations, plan, save_every=EVERY),
            "spectrum": lambda: local_rate(jacobian(run, causal_graph(equations)).matrix[:, 0]),
            "discovery": discover,
        },
        {"discovery": 3},
    )
    loops = {"loops": finding.found, "scored_loops": len(finding.shares.circuits), "members": MEMBERS}
    report(
        [
            {"case": "plain ensemble", "wall_s": round(took["plain"].wall, 4), **loops},
            {
                "case": "loop scores",
                "wall_s": round(took["scored"].wall, 4),
                "times_plain": round(took["scored"].wall / took["plain"].wall, 2),
                "times_plain_cpu": round(took["scored"].cpu / took["plain"].cpu, 2),
            },
            {"case": "spectrum", "rows": len(run.steps), "wall_s": round(took["spectrum"].wall, 4)},
            {
                "case": "discovery",
                "variables": size,
                "loops": found.found,  # type: ignore[attr-defined]
                "exact": found.exact,  # type: ignore[attr-defined]
                "wall_s": round(took["discovery"].wall, 4),
                "cpu_s": round(took["discovery"].cpu, 4),
            },
        ]
    )


if __name__ == "__main__":
    main()
