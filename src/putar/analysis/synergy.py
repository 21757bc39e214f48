"""What the whole is worth beyond its parts: Shapley values and their kin, from a table of coalitions.

A game of n players is its value vector: entry m is the value when the players whose bits are set in
m work together (player i has bit `1 << i`). In a flywheel the players are links and the value is an
output of the run in which those links stay integrated; nothing here knows that. Every function
takes [coalition] or [coalition, draw] and answers per draw.

Attribution is an average over the orders in which players could join. It is not a history of causes.

Source: Shapley (1953); Owen (1977); Grabisch and Roubens (1999), Int. J. Game Theory 28, 547-565;
Sundararajan, Dhamdhere, Agarwal (2020), ICML, "The Shapley Taylor interaction index"; Castro, Gomez,
Tejada (2009), Comput. Oper. Res. 36, 1726-1730; Borm, Owen, Tijs (1992), the position value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from putar.errors import RunError

__all__ = [
    "EXACT_PLAYERS",
    "Synergy",
    "coalition_switches",
    "coalition_values",
    "estimate",
    "first_in",
    "interaction_index",
    "last_in",
    "owen",
    "pair_losses",
    "position_values",
    "shapley",
    "shapley_taylor",
    "synergy",
]

EXACT_PLAYERS = 12  # 4,096 runs; above this, sample orders with `estimate`
Array = NDArray[np.float64]


def coalition_switches(players: int, draws: int = 1) -> Array:
    """Return the switches of all coalitions as one ensemble's design.

    Returns
    -------
    [player, member], 1 integrated and 0 at arm's length; member `m * draws + d` is coalition m in
    draw d, so that all coalitions of a draw share its random numbers when the draws are repeated
    """
    if not 0 <= players <= 20:
        raise ValueError(f"{players} players have too many coalitions to list; use estimate")
    masks = np.repeat(np.arange(1 << players), draws)
    bits = masks[None, :] >> np.arange(players)[:, None] & 1
    return np.asarray(bits, dtype=np.float64)


def coalition_values(outcomes: ArrayLike, players: int, draws: int = 1) -> Array:
    """Return an ensemble's outcomes as a game: [member] to [coalition, draw], or [coalition] for one draw.

    Raises
    ------
    RunError
        If a coalition has no finite value: attribution over a failed run would be meaningless.
    """
    flat = np.asarray(outcomes, dtype=np.float64)
    if flat.shape != ((1 << players) * draws,):
        raise ValueError(f"{flat.shape} outcomes for {1 << players} coalitions of {draws} draws")
    failed = np.flatnonzero(~np.isfinite(flat))
    if failed.size:
        coalition = int(failed[0]) // draws
        cut = [player for player in range(players) if not coalition >> player & 1]
        raise RunError(
            f"{failed.size} of {flat.size} coalition runs have no finite value; the first cuts players {cut}",
            "use a smaller step, or an output that stays finite when links are cut",
        )
    return flat if draws == 1 else flat.reshape(1 << players, draws)


def shapley(values: ArrayLike) -> Array:
    """Each player's mean marginal value over all orders of joining.

    Parameters
    ----------
    values : [coalition] or [coalition, draw], any unit

    Returns
    -------
    [player] or [player, draw], same unit; the sum over players is v(all) - v(none)
    """
    v, players = _game(values)
    sizes = np.bitwise_count(np.arange(len(v)))
    weights = np.array([1.0 / (players * comb(players - 1, s)) for s in range(players)])
    shares = [np.tensordot(weights[sizes[out]], gain, 1) for out, gain in _gains(v, players)]
    return np.array(shares).reshape(players, *v.shape[1:])


def first_in(values: ArrayLike) -> Array:
    """Return what each player adds when it is the only one, v({i}) - v(none): [player] or [player, draw]."""
    v, players = _game(values)
    only: Array = v[1 << np.arange(players)] - v[0]
    return only


def last_in(values: ArrayLike) -> Array:
    """Return the loss when each player alone is cut, v(all) - v(all but i): [player] or [player, draw]."""
    v, players = _game(values)
    loss: Array = v[-1] - v[(len(v) - 1) ^ (1 << np.arange(players))]
    return loss


def pair_losses(values: ArrayLike) -> Array:
    """Loss when two are cut together, less the two single losses.

    Returns
    -------
    [player, player] or [player, player, draw], symmetric with a zero diagonal. Positive: substitutes,
    either can stand in for the other. Negative: complements, one is worth little without the other.
    """
    v, players = _game(values)
    single = last_in(v)
    table = np.zeros((players, players, *v.shape[1:]))
    for i, j in combinations(range(players), 2):
        both = v[-1] - v[(len(v) - 1) ^ (1 << i | 1 << j)]
        table[i, j] = table[j, i] = both - single[i] - single[j]
    return table


def shapley_taylor(values: ArrayLike) -> tuple[Array, Array]:
    """Split the whole into single and pair effects that add up to it (order 2).

    Returns
    -------
    singles [player(, draw)]: v({i}) - v(none); pairs [player, player(, draw)], symmetric, zero
    diagonal. Sum of singles plus sum over unordered pairs is v(all) - v(none).

    Source
    ------
    Sundararajan, Dhamdhere, Agarwal (2020), theorem 2 with k = 2.
    """
    v, players = _game(values)
    weights = [2.0 / (players * comb(players - 1, t)) for t in range(max(1, players - 1))]
    return first_in(v), _pair_effects(v, players, weights)


def interaction_index(values: ArrayLike) -> Array:
    """Shapley interaction index of each pair; unlike Shapley-Taylor it does not add up to the whole.

    Returns
    -------
    [player, player(, draw)], symmetric, zero diagonal

    Source
    ------
    Grabisch and Roubens (1999), definition 4.
    """
    v, players = _game(values)
    weights = [factorial(t) * factorial(players - t - 2) / factorial(players - 1) for t in range(players - 1)]
    return _pair_effects(v, players, weights)


def owen(values: ArrayLike, unions: Sequence[Sequence[int]]) -> Array:
    """Shapley value when players bargain in unions: mean over orders of unions and orders within.

    Parameters
    ----------
    values : [coalition] or [coalition, draw]
    unions : the players of each union; every player in exactly one

    Returns
    -------
    [player] or [player, draw]; the sum over a union is the Shapley value of the game of unions

    Source
    ------
    Owen (1977), Values of games with a priori unions.
    """
    v, players = _game(values)
    if sorted(player for union in unions for player in union) != list(range(players)):
        raise ValueError("every player must be in exactly one union")
    masks = [sum(1 << player for player in union) for union in unions]
    share = np.zeros((players, *v.shape[1:]))
    for u, union in enumerate(unions):
        others = [mask for k, mask in enumerate(masks) if k != u]
        for outside in _subsets(others):
            outer = 1.0 / (len(masks) * comb(len(masks) - 1, len(outside)))
            for player in union:
                for inside in _subsets([1 << p for p in union if p != player]):
                    base = sum(outside) | sum(inside)
                    inner = 1.0 / (len(union) * comb(len(union) - 1, len(inside)))
                    share[player] += outer * inner * (v[base | 1 << player] - v[base])
    return share


def position_values(link_values: ArrayLike, ends: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Roll links up to subsystems: each end of a link gets half of the link's value.

    Parameters
    ----------
    link_values : [link]
    ends : the two subsystems of each link

    Returns
    -------
    value by subsystem, in order of first mention; the sum is the sum of the link values
    """
    totals: dict[str, float] = {}
    for value, pair in zip(np.asarray(link_values, dtype=np.float64), ends, strict=True):
        for subsystem in pair:
            totals[subsystem] = totals.get(subsystem, 0.0) + float(value) / 2
    return totals


@dataclass(frozen=True, slots=True, eq=False)  # eq=False: arrays have no single equality
class Synergy:
    """Everything said about one output's game; arrays are [player] or [player, draw], pairs square.

    `error` is the standard error of each Shapley value, None when it is exact. `linchpin` is the player
    with the largest (mean) Shapley value; `linchpin_share` the share of draws in which it is the largest.
    """

    players: tuple[str, ...]
    all: Array
    none: Array
    shapley: Array
    first: Array
    last: Array
    pairs: Array | None
    linchpin: str
    linchpin_share: float
    error: Array | None
    runs: int

    @property
    def exact(self) -> bool:
        """Whether all coalitions were valued."""
        return self.error is None


def synergy(players: Sequence[str], values: ArrayLike) -> Synergy:
    """Answer all questions of a game from the values of all its coalitions.

    Parameters
    ----------
    players : names, in the order of the bits
    values : [coalition] or [coalition, draw]
    """
    v, count = _game(values)
    if count != len(players):
        raise ValueError(f"{len(players)} names for {count} players")
    phi = shapley(v)
    linchpin, share = _largest(phi)
    return Synergy(
        players=tuple(players),
        all=v[-1],
        none=v[0],
        shapley=phi,
        first=first_in(v),
        last=last_in(v),
        pairs=pair_losses(v),
        linchpin=players[linchpin] if players else "",
        linchpin_share=share,
        error=None,
        runs=v.size,
    )


def estimate(
    players: Sequence[str],
    value_of: Callable[[Sequence[int]], ArrayLike],
    pairs: int = 200,
    seed: int = 0,
    tolerance: float = 0.02,
) -> Synergy:
    """Estimate Shapley values from random orders, each followed by its reverse.

    Parameters
    ----------
    players : names, in the order of the bits; any number
    value_of : coalitions as bitmasks to [coalition]; called once for all orders of a batch
    pairs : most antithetic pairs of orders
    seed : of the orders
    tolerance : stop early when no standard error exceeds this share of |v(all) - v(none)|

    Returns
    -------
    a Synergy whose `error` holds standard errors; the values add up exactly, since each order does

    Source
    ------
    Castro, Gomez, Tejada (2009); antithetic orders as in Mitchell et al. (2022), JMLR 23, 1-46.
    """
    count = len(players)
    generator = np.random.default_rng(seed)
    whole = (1 << count) - 1
    known: dict[int, float] = {}
    gains: list[Array] = []
    while len(gains) < pairs:
        batch = [generator.permutation(count) for _ in range(min(50, pairs - len(gains)))]
        orders = [order for one in batch for order in (one, one[::-1])]
        paths = [_prefixes(order) for order in orders]
        wanted = {whole, 0, *(1 << i for i in range(count)), *(whole ^ 1 << i for i in range(count))}
        missing = sorted((wanted | {mask for path in paths for mask in path}) - known.keys())
        if missing:
            found = np.asarray(value_of(missing), dtype=np.float64)
            known.update(zip(missing, found.tolist(), strict=True))
        marginal = np.zeros((len(orders), count))
        for row, order, path in zip(marginal, orders, paths, strict=True):
            row[order] = np.diff([known[mask] for mask in path])
        gains.extend(marginal.reshape(-1, 2, count).mean(axis=1))
        sample = np.array(gains)
        error = sample.std(axis=0, ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.full(count, np.inf)
        if len(gains) >= 50 and error.max(initial=0.0) <= tolerance * abs(known[whole] - known[0]):
            break
    phi = sample.mean(axis=0)
    phi += (known[whole] - known[0] - phi.sum()) / max(count, 1)  # rounding only
    linchpin, share = _largest(phi)
    singles = range(count)
    return Synergy(
        players=tuple(players),
        all=np.asarray(known[whole]),
        none=np.asarray(known[0]),
        shapley=phi,
        first=np.array([known[1 << i] - known[0] for i in singles]),
        last=np.array([known[whole] - known[whole ^ 1 << i] for i in singles]),
        pairs=None,
        linchpin=players[linchpin],
        linchpin_share=share,
        error=error,
        runs=len(known),
    )


def _game(values: ArrayLike) -> tuple[Array, int]:
    v = np.asarray(values, dtype=np.float64)
    players = len(v).bit_length() - 1
    if v.ndim not in (1, 2) or players < 0 or len(v) != 1 << players:
        raise ValueError(f"a game needs a power of two of coalitions, [coalition(, draw)]; got {v.shape}")
    return v, players


def _gains(v: Array, players: int) -> list[tuple[NDArray[np.int64], Array]]:
    """For each player the coalitions without it, and what it adds to each."""
    masks = np.arange(len(v))
    rows = []
    for player in range(players):
        out = masks[masks >> player & 1 == 0]
        rows.append((out, v[out | 1 << player] - v[out]))
    return rows


def _pair_effects(v: Array, players: int, weights: Sequence[float]) -> Array:
    masks = np.arange(len(v))
    weight = np.asarray(weights)
    table = np.zeros((players, players, *v.shape[1:]))
    for i, j in combinations(range(players), 2):
        out = masks[(masks >> i & 1 == 0) & (masks >> j & 1 == 0)]
        both, one, two = v[out | 1 << i | 1 << j], v[out | 1 << i], v[out | 1 << j]
        effect = np.tensordot(weight[np.bitwise_count(out)], both - one - two + v[out], 1)
        table[i, j] = table[j, i] = effect
    return table


def _subsets(masks: Sequence[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(len(masks) + 1) for chosen in combinations(masks, size)]


def _prefixes(order: NDArray[np.int64]) -> list[int]:
    path = [0]
    for player in order.tolist():
        path.append(path[-1] | 1 << player)
    return path


def _largest(phi: Array) -> tuple[int, float]:
    if not phi.size:
        return 0, 0.0
    if phi.ndim == 1:
        return int(phi.argmax()), 1.0
    player = int(phi.mean(axis=1).argmax())
    return player, float((phi.argmax(axis=0) == player).mean())
