"""Components of graphs: small ones by hand, random ones against a library, deep ones without a limit."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from putar.analysis.connected import connected


def groups(label: list[int]) -> set[frozenset[int]]:
    """The components as sets of nodes."""
    return {frozenset(n for n, k in enumerate(label) if k == one) for one in set(label)}


def test_nodes_that_reach_each_other_are_one() -> None:
    """Two loops that share a node are one component; a way out of it is none."""
    assert groups(connected([[1], [0, 2], [1, 3], []])) == {frozenset({0, 1, 2}), frozenset({3})}
    assert connected([]) == []


@pytest.mark.parametrize("seed", range(30))
def test_random_graphs_agree_with_a_library(seed: int) -> None:
    """Of every density, from no link to nearly all."""
    draws = np.random.default_rng(seed)
    count = int(draws.integers(1, 30))
    links = draws.random((count, count)) < draws.random() ** 2
    out = [np.flatnonzero(row).tolist() for row in links]
    _, label = connected_components(coo_array(links), directed=True, connection="strong")

    assert groups(connected(out)) == groups(label.tolist())


def test_a_chain_may_be_longer_than_pythons_stack() -> None:
    """A ring of 50,000 nodes is one component."""
    count = 50_000
    assert set(connected([[(n + 1) % count] for n in range(count)])) == {0}
