"""Loop and link scores against those of pysimlin, on models both can load."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from putar.analysis.causal import causal_graph
from putar.analysis.loops import find_loops
from putar.analysis.scores import link_scores
from putar.analysis.trajectory import trajectory
from putar.engine.formulas import formulas
from putar.formats.text import read_model
from putar.runs.design import design
from tests.analysis.models import FOLDER, rows, small
from tests.analysis.peer import peer_scores

MODELS = ("bass", "logistic", "yeast", "births_deaths", "compound", "ring", "predator", "arms_race")


@pytest.mark.parametrize("name", MODELS)
def test_loop_and_link_scores_agree(name: str, tmp_path: Path) -> None:
    """All raw loop scores agree to 1e-6 from the second row on, relative to their size.

    pysimlin's rows are stamped like ours with the end of the interval; its first rows are zero.
    """
    loops, links = peer_scores(small(name), tmp_path)
    run = rows(name, method="euler")
    graph = causal_graph(run.formulas)
    scores = link_scores(run, graph, graph.inner)
    found = find_loops(run).shares
    moving = np.isfinite(found.raw[1:]).all(axis=1)

    assert {frozenset(circuit.variables) for circuit in found.circuits} == set(loops)
    sets = Counter(frozenset(circuit.variables) for circuit in found.circuits)
    for place, circuit in enumerate(found.circuits):
        if sets[frozenset(circuit.variables)] > 1:
            continue  # two ways around the same variables, which the peer lists without their order
        theirs = loops[frozenset(circuit.variables)][1:][moving]
        ours = found.raw[1:, place][moving]
        # where a change is mere rounding ours is 0 and theirs a ratio of rounding errors
        real = ours != 0.0
        assert ours[real] == pytest.approx(theirs[real], rel=1e-6, abs=1e-9)
    for link in scores.links:
        if not graph.hidden.isdisjoint(graph.links[link]):
            continue  # parts of a delay, which are named otherwise there
        ours = scores.of(link)[1:]
        theirs = links[graph.links[link]][1:]
        real = ours != 0.0
        assert ours[real] == pytest.approx(theirs[real], rel=1e-6, abs=1e-9)


def test_a_loop_through_a_delay_of_fixed_time_agrees(tmp_path: Path) -> None:
    """A third-order delay is one link on both sides, and its loop has the same score."""
    text = (FOLDER / "supply.putar").read_text(encoding="utf-8")
    path = tmp_path / "fixed.putar"
    path.write_text(text.replace("transit * inventory / target", "transit"), encoding="utf-8")
    model = read_model(path)
    loops, _ = peer_scores(model, tmp_path)
    made = formulas(model)
    found = find_loops(trajectory(made, design(made.program))).shares
    for place, circuit in enumerate(found.circuits):
        ours, theirs = found.raw[1:, place], loops[frozenset(circuit.variables)][1:]
        real = ours != 0.0
        assert ours[real] == pytest.approx(theirs[real], rel=1e-6, abs=1e-9)
