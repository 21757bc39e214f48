"""Rings that are told: which of them the links close, and the first gap of those that stay open."""

from putar.analysis.causal import CausalGraph
from putar.analysis.closing import closings
from putar.analysis.naming import AskedLoop

# rabbits feed foxes, foxes breed foxes and catch rabbits; a map shows the wood
LINKS = (("rabbits", "meals"), ("meals", "foxes"), ("foxes", "rabbits"), ("foxes", "foxes"), ("wood", "map"))
GRAPH = CausalGraph(("rabbits", "meals", "foxes", "wood", "map"), LINKS, frozenset(), frozenset())


def ring(*through: str) -> AskedLoop:
    return AskedLoop(" ".join(through), "a ring", through)


def test_a_ring_closes_where_each_moves_the_next() -> None:
    """Along as many links as it takes, in the order that is told, and back to the first."""
    told = [ring("rabbits", "foxes"), ring("meals", "foxes", "rabbits"), ring("foxes")]

    assert [one.closes for one in closings(told, GRAPH)] == [True, True, True]


def test_the_first_gap_is_named() -> None:
    """In the middle, at the way back, and for what moves nothing at all, itself included."""
    told = [ring("rabbits", "wood", "foxes"), ring("wood", "map"), ring("map"), ring("unheard")]

    gaps = [one.gap for one in closings(told, GRAPH)]

    assert gaps == [("rabbits", "wood"), ("map", "wood"), ("map", "map"), ("unheard", "unheard")]
    assert not any(one.closes for one in closings(told, GRAPH))
