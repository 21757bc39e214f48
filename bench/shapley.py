"""Question: how long does the exact attribution over all sets of links take, next to a plain script?

`openai-compute` has seven links, so 128 sets, `tesla-xai-spacex` eleven, so 2,048; each set is a run of its
own. putar's case is the whole question as Python asks it, pairs, margins and shares by firm included, with
the compiled program at hand. The scripts (plain.py) hold the same equations, one line each, and give what
the sets of links are worth and the Shapley values alone: one with NumPy arrays over all sets, one with
floats, run by run, of which a few are timed and scaled up. All on one processor; before that the values of
all must agree.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import plain
import putar
from measure import interleaved, one_processor, report
from putar.analysis.synergy import coalition_switches, shapley
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of

OUTPUTS = {"openai-compute": "run_rate@2032", "tesla-xai-spacex": "value"}
FEW = 8  # sets that the script of floats runs
DRAWS = 20


def values_of(
    model: putar.Study, run: Callable[[list[Any]], Any], switches: NDArray[np.float64], cut_from: float
) -> NDArray[np.float64]:
    """What each set of links is worth, [set], by a script that takes arrays."""
    return np.broadcast_to(run(parameters(model, switches, cut_from)), switches.shape[1:])


def parameters(model: putar.Study, switches: NDArray[np.float64], cut_from: float) -> list[Any]:
    """The script's parameters: the base run's, with the links' switches [link, set] from the cut on."""
    program = model.flywheel.program
    held: list[Any] = design_of(model.flywheel, RunSpec()).segments[0].parameters[:, 0].tolist()
    given = {f"links.{link.id}": row for link, row in zip(model.flywheel.links, switches, strict=True)}
    for name, value in {**given, "links.cut_date": cut_from}.items():
        held[program.parameters.index(name)] = value
    return held


def one_by_one(run: Callable[[list[Any]], Any], sets: list[list[Any]]) -> list[float]:
    """The same by a script that takes floats, one run after the other."""
    return [run(given) for given in sets]


def rows(name: str) -> list[dict[str, object]]:
    """One flywheel's cases: putar, putar with draws, the script of arrays, the script of floats."""
    model = putar.load(name)
    finding = model.links(OUTPUTS[name])
    asked = finding.protocol
    cut_from = model.flywheel.model.time.start if asked.cut_from is None else asked.cut_from
    count = len(finding.point.players)
    switches = coalition_switches(count)
    text = plain.script(model.flywheel.program, asked.output)
    arrays = plain.built(text, f"{name}_arrays".replace("-", "_"), plain.ARRAYS)
    floats = plain.built(text, f"{name}_floats".replace("-", "_"), plain.FLOATS)
    few = np.linspace(0, switches.shape[1] - 1, FEW).astype(int)
    sets = [parameters(model, switches[:, place], cut_from) for place in few.tolist()]
    sets = [[float(x) for x in given] for given in sets]
    worth = values_of(model, arrays, switches, cut_from)
    np.testing.assert_allclose(shapley(worth), finding.point.shapley, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(one_by_one(floats, sets), worth[few], rtol=1e-9)
    runs = switches.shape[1]
    cases: dict[str, tuple[int, int, float, Callable[[], object]]] = {
        "putar": (0, runs, 1.0, partial(model.links, OUTPUTS[name])),
        f"putar, {DRAWS} draws": (DRAWS, runs, 1.0, partial(model.links, OUTPUTS[name], members=DRAWS)),
        "script, arrays": (0, runs, 1.0, lambda: shapley(values_of(model, arrays, switches, cut_from))),
        "script, floats": (0, FEW, runs / FEW, lambda: one_by_one(floats, sets)),
    }
    took = interleaved({case: told[3] for case, told in cases.items()}, {f"putar, {DRAWS} draws": 3})
    return [
        {
            "flywheel": name,
            "links": count,
            "case": case,
            "runs": runs * (1 + draws),
            "of which timed": timed * (1 + draws),
            "wall_s": round(took[case].wall * scale, 4),
            "cpu_s": round(took[case].cpu * scale, 4),
        }
        for case, (draws, timed, scale, _) in cases.items()
    ]


def main() -> None:
    """Ask both flywheels, or those that are named."""
    with one_processor():
        report([row for name in sys.argv[1:] or OUTPUTS for row in rows(name)])


if __name__ == "__main__":
    main()
