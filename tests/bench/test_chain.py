"""The model of the benchmarks means the same in every form and to every engine."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import chain
import ours
import peers

ROOMS = 3
LOADERS = {
    "putar from its own text": ours.putar_runs,
    "putar from XMILE": partial(ours.putar_runs, suffix=".xmile"),
    "putar from Vensim": partial(ours.putar_runs, suffix=".mdl"),
    "pysimlin": peers.pysimlin,
    "PySD": peers.pysd,
}


@pytest.mark.parametrize("engine", LOADERS)
def test_engine_agrees_with_plain_numpy(engine: str, tmp_path: Path) -> None:
    """Every stock at every kept time, to rounding; the two members differ in both constants."""
    stay, supply = chain.members(2)
    expected = chain.reference(ROOMS, stay, supply)
    assert np.abs(expected[..., 0] / expected[..., 1] - 1).max() > 0.01

    answer = LOADERS[engine](chain.write(ROOMS, tmp_path), ROOMS)(stay, supply)

    np.testing.assert_allclose(answer, expected, rtol=1e-12)


def test_c_by_hand_agrees_with_plain_numpy() -> None:
    """The C does the same, last partial block included, or says that there is no compiler."""
    by_hand = peers.c_by_hand(threads=2)
    if by_hand is None:
        pytest.skip("no C compiler found")
    stay, supply = chain.members(300)
    smallest = np.array([5e-324])

    np.testing.assert_allclose(by_hand(ROOMS)(stay, supply), chain.reference(ROOMS, stay, supply), rtol=1e-12)
    assert (smallest * 1.0)[0] > 0  # loading it has not changed how this process computes
