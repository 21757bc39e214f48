"""Synergy: known games, axioms on random games, the sampling estimator and the coalition design."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from putar.analysis import synergy
from putar.errors import RunError

GAMES = st.integers(1, 6).flatmap(
    lambda n: arrays(np.float64, 1 << n, elements=st.floats(-1e6, 1e6, allow_subnormal=False))
)


def game(players: int, value: Callable[[set[int]], float]) -> NDArray[np.float64]:
    """Return a value vector from a function of the set of players, numbered from 1."""
    return np.array([value({i + 1 for i in range(players) if m >> i & 1}) for m in range(1 << players)])


GLOVES = game(3, lambda s: float(min(len(s & {1}), len(s & {2, 3}))))
MAJORITY = game(3, lambda s: float(len(s) >= 2))
UNANIMITY = game(3, lambda s: float(len(s) == 3))


def polynomial(s: set[int]) -> float:
    """SH-05's game: x1 + 2 x2 + 3 x3 + 4 x1 x2 + 6 x1 x2 x3."""
    x1, x2, x3 = (float(i in s) for i in (1, 2, 3))
    return x1 + 2 * x2 + 3 * x3 + 4 * x1 * x2 + 6 * x1 * x2 * x3


POLYNOMIAL = game(3, polynomial)


def test_sh01_gloves() -> None:
    """The single left glove gets two thirds."""
    assert synergy.shapley(GLOVES) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


def test_sh02_airport() -> None:
    """Users of a runway share each stretch equally."""
    cost = {1: 18.0, 2: 25.0, 3: 30.0}
    assert synergy.shapley(game(3, lambda s: max((cost[i] for i in s), default=0.0))) == pytest.approx(
        [6, 9.5, 14.5]
    )


def test_sh03_weighted_voting() -> None:
    """Votes 50 and 49 differ by one and by a factor of four in power."""
    votes = {1: 50, 2: 49, 3: 1}
    won = game(3, lambda s: float(sum(votes[i] for i in s) >= 51))
    assert synergy.shapley(won) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


def test_sh04_un_security_council() -> None:
    """Five vetoes and ten others, nine of fifteen to pass."""
    masks = np.arange(1 << 15)
    passed = (masks & 31 == 31) & (np.bitwise_count(masks) >= 9)
    power = synergy.shapley(passed.astype(float))
    assert power[:5] == pytest.approx([0.19627040] * 5, abs=1e-8)
    assert power[5:] == pytest.approx([0.00186480] * 10, abs=1e-8)


def test_sh05_polynomial_game() -> None:
    """Shapley, Shapley-Taylor, interaction index and Owen of a game with pair and triple effects."""
    singles, pairs = synergy.shapley_taylor(POLYNOMIAL)
    index = synergy.interaction_index(POLYNOMIAL)

    assert synergy.shapley(POLYNOMIAL) == pytest.approx([5, 6, 5])
    assert singles == pytest.approx([1, 2, 3])
    assert [pairs[0, 1], pairs[0, 2], pairs[1, 2]] == pytest.approx([6, 2, 2])
    assert [index[0, 1], index[0, 2], index[1, 2]] == pytest.approx([7, 3, 3])
    assert synergy.owen(POLYNOMIAL, [(0, 1), (2,)]) == pytest.approx([4.5, 5.5, 6])


def test_sh06_majority() -> None:
    """Where any two win, all value is in pairs and the interaction index sees none."""
    singles, pairs = synergy.shapley_taylor(MAJORITY)
    assert singles == pytest.approx([0, 0, 0])
    assert pairs[np.triu_indices(3, 1)] == pytest.approx([1 / 3] * 3)
    assert synergy.interaction_index(MAJORITY) == pytest.approx(np.zeros((3, 3)))


def test_sh07_unions() -> None:
    """Owen values: unanimity with unions 12 and 3; gloves with the right gloves in one union."""
    assert synergy.owen(UNANIMITY, [(0, 1), (2,)]) == pytest.approx([0.25, 0.25, 0.5])
    assert synergy.owen(GLOVES, [(0,), (1, 2)]) == pytest.approx([0.5, 0.25, 0.25])


def test_sh08_growing_returns() -> None:
    """2^size - 1 of three players is shared equally."""
    assert synergy.shapley(game(3, lambda s: 2.0 ** len(s) - 1)) == pytest.approx([7 / 3] * 3)


def test_sh09_permutation_estimator() -> None:
    """200 antithetic pairs come within four standard errors and add up exactly."""
    found = synergy.estimate("abc", lambda masks: POLYNOMIAL[list(masks)], pairs=200, seed=5, tolerance=0.0)

    assert found.error is not None
    assert not found.exact
    assert np.all(np.abs(found.shapley - [5, 6, 5]) <= 4 * found.error + 1e-12)
    assert found.shapley.sum() == pytest.approx(16, abs=1e-9)
    assert found.runs <= 8


def test_estimator_on_more_players_than_can_be_listed() -> None:
    """Thirty players, additive but for one pair that shares its extra equally."""
    worth = np.arange(1.0, 31.0)

    def value_of(masks: object) -> NDArray[np.float64]:
        rows = [[m >> i & 1 for i in range(30)] for m in masks]  # type: ignore[attr-defined]
        on = np.array(rows, dtype=float)
        return on @ worth + 10 * on[:, 0] * on[:, 1]

    found = synergy.estimate([f"p{i}" for i in range(30)], value_of, pairs=100, seed=1)
    expected = worth + np.array([5.0, 5.0] + [0.0] * 28)
    assert found.shapley == pytest.approx(expected, abs=1e-9)  # a pair and its reverse share exactly
    assert found.linchpin == "p29"


@settings(max_examples=60, deadline=None)
@given(GAMES)
def test_efficiency(v: NDArray[np.float64]) -> None:
    """Shapley, Owen and Shapley-Taylor add up to v(all) - v(none)."""
    whole = v[-1] - v[0]
    players = len(v).bit_length() - 1
    scale = 1e-9 * max(1.0, np.abs(v).max())
    singles, pairs = synergy.shapley_taylor(v)

    assert synergy.shapley(v).sum() == pytest.approx(whole, abs=scale)
    assert synergy.owen(v, [range(players // 2), range(players // 2, players)]).sum() == pytest.approx(
        whole, abs=scale
    )
    if players > 1:
        assert singles.sum() + pairs.sum() / 2 == pytest.approx(whole, abs=scale)


@settings(max_examples=60, deadline=None)
@given(GAMES, st.data())
def test_symmetry_and_relabelling(v: NDArray[np.float64], data: st.DataObject) -> None:
    """Renaming the players renames the values, so players that the game does not tell apart get the same."""
    players = len(v).bit_length() - 1
    order = data.draw(st.permutations(range(players)))
    masks = np.arange(len(v))
    moved = sum((masks >> old & 1) << new for new, old in enumerate(order))
    renamed = np.empty_like(v)
    renamed[moved] = v

    assert synergy.shapley(renamed) == pytest.approx(synergy.shapley(v)[list(order)], rel=1e-9, abs=1e-6)
    by_size = np.bitwise_count(masks).astype(float) ** 2
    assert synergy.shapley(by_size) == pytest.approx([by_size[-1] / players] * players)


@settings(max_examples=60, deadline=None)
@given(GAMES)
def test_dummy_gets_what_it_brings(v: NDArray[np.float64]) -> None:
    """A player that adds 3 to every coalition gets 3 and leaves the others' values alone."""
    phi = synergy.shapley(np.concatenate([v, v + 3.0]))
    assert phi[-1] == pytest.approx(3.0, abs=1e-9 * max(1.0, np.abs(v).max()))
    assert phi[:-1] == pytest.approx(synergy.shapley(v), rel=1e-9, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(GAMES, st.floats(-10, 10), st.floats(-1e3, 1e3))
def test_additivity_scale_and_shift(v: NDArray[np.float64], factor: float, shift: float) -> None:
    """The value of a sum of games is the sum of the values; scaling scales, a constant changes nothing."""
    w = np.sin(np.arange(len(v)))
    tolerance = 1e-9 * max(1.0, np.abs(v).max()) * 20
    assert synergy.shapley(v * factor + w + shift) == pytest.approx(
        factor * synergy.shapley(v) + synergy.shapley(w), abs=tolerance
    )


def test_draws_are_answered_one_by_one() -> None:
    """Columns of [coalition, draw] are games of their own."""
    both = np.stack([GLOVES, POLYNOMIAL], axis=1)
    for function in (
        synergy.shapley,
        synergy.first_in,
        synergy.last_in,
        synergy.pair_losses,
        synergy.interaction_index,
    ):
        assert function(both)[..., 1] == pytest.approx(function(POLYNOMIAL))
    assert synergy.owen(both, [(0, 1), (2,)])[:, 0] == pytest.approx(synergy.owen(GLOVES, [(0, 1), (2,)]))


def test_substitutes_show_in_the_pair_table_only() -> None:
    """Two links of which one is enough: no single loss, and the whole loss when both are cut."""
    either = game(2, lambda s: 5.0 if s else 1.0)
    assert synergy.last_in(either) == pytest.approx([0, 0])
    assert synergy.pair_losses(either) == pytest.approx(np.array([[0, 4], [4, 0]]))
    assert synergy.first_in(either) == pytest.approx([4, 4])


def test_synergy_names_the_linchpin() -> None:
    """The largest mean Shapley value is the linchpin; its share says in how many draws."""
    flipped = game(3, lambda s: polynomial({4 - i for i in s}) * 0.1)
    found = synergy.synergy(["x1", "x2", "x3"], np.stack([POLYNOMIAL, POLYNOMIAL, flipped], axis=1))

    assert (found.linchpin, found.exact, found.runs) == ("x2", True, 24)
    assert found.linchpin_share == 1.0
    assert found.shapley.sum(axis=0) == pytest.approx(found.all - found.none)


def test_coalition_design_and_back() -> None:
    """All switch vectors in one ensemble; outcomes come back as a game with draws along the second axis."""
    switches = synergy.coalition_switches(3, draws=2)
    assert switches.shape == (3, 16)
    assert switches[:, 10:12].T.tolist() == [[1, 0, 1], [1, 0, 1]]

    outcome = switches.T @ [1.0, 2.0, 3.0]
    values = synergy.coalition_values(outcome, 3, draws=2)
    assert synergy.shapley(values)[:, 0] == pytest.approx([1, 2, 3])
    assert synergy.coalition_values(outcome[::2], 3).shape == (8,)


def test_failed_coalition_is_an_error_that_names_it() -> None:
    """A run without a finite value is never averaged away."""
    outcome = np.ones(8)
    outcome[5] = np.nan
    with pytest.raises(RunError) as caught:
        synergy.coalition_values(outcome, 3)
    assert str(caught.value) == (
        "1 of 8 coalition runs have no finite value; the first cuts players [1]\n"
        "  fix: use a smaller step, or an output that stays finite when links are cut"
    )


def test_position_values_share_each_link_between_its_ends() -> None:
    """Half of a link's value goes to either subsystem."""
    ends = [("fleet", "users"), ("users", "money"), ("fleet", "fleet")]
    assert synergy.position_values([4.0, 2.0, 1.0], ends) == {"fleet": 3.0, "users": 3.0, "money": 1.0}


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 2, 2)), np.zeros(0)])
def test_wrong_shapes_are_refused(wrong: NDArray[np.float64]) -> None:
    """A game has a power of two of coalitions."""
    with pytest.raises(ValueError, match="power of two"):
        synergy.shapley(wrong)
