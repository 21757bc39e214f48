"""Scores of links and loops along a run: who drove the change of what, on each step.

A loop's score is the product of its links' scores on the same interval; its share is that score over the
sum of the sizes of all loops of its partition. Products are taken as sums of logarithms, so that none
overflows at a turning point. A loop through a function with memory can take several ways inside it; on each
step the way of the largest score counts, and loops that never leave such a function are not reported.

Source: as `engine.changes`; partitions and composite scores: Schoenberg, Eberlein (2020), Seamlessly
integrating Loops That Matter into model development and analysis, arXiv:2005.14545.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from putar.analysis.causal import CausalGraph
from putar.analysis.trajectory import Trajectory
from putar.engine.changes import Writer, moments
from putar.engine.ir import Graph

__all__ = ["Circuit", "LinkScores", "Shares", "circuits_of", "link_scores", "shares"]

Array = NDArray[np.float64]
CHUNK = 1 << 22  # numbers held at a time
BLOCK = 64  # circuits, or ways, that are worked on together
SMALLEST = 1e-3  # a loop is kept whose share reaches this on some step
KEPT = 200  # loops kept at most
LOG_LARGEST = 660.0  # raw scores are held below exp of this


@dataclass(frozen=True, slots=True, eq=False)
class LinkScores:
    """Scores [link, row] of one run; links as numbers of the graph. The first row has no interval: 0."""

    links: tuple[int, ...]
    values: Array

    def of(self, link: int) -> Array:
        """Return the scores [row] of a link."""
        found: Array = self.values[self.links.index(link)]
        return found


def link_scores(rows: Trajectory, graph: CausalGraph, links: Sequence[int]) -> LinkScores:
    """Return the scores of links along a run of one member."""
    drawn = Graph()
    now, before, names = moments(drawn, rows.formulas)
    writer = Writer(drawn, rows.formulas, now, before)
    nodes = [writer.score(*graph.links[link]) for link in links]
    values = rows.evaluate(drawn, names, nodes)[:, :, 0]
    values = np.where(np.isfinite(values), values, 0.0)
    for place, link in enumerate(links):
        if rows.formulas.all[graph.links[link][1]].kind == "latch":  # a latch shows the step before
            values[place, 1:] = values[place, :-1].copy()
            values[place, 0] = 0.0
    return LinkScores(tuple(links), values)


@dataclass(frozen=True, slots=True)
class Circuit:
    """One loop as a reader sees it: its visible variables in order, and the ways it takes unseen.

    `ways` are runs of links; on each step the strongest of them counts.
    """

    variables: tuple[str, ...]
    ways: tuple[tuple[int, ...], ...]
    partition: int


def circuits_of(graph: CausalGraph, loops: Iterable[Sequence[int]]) -> list[Circuit]:
    """Return loops, those that differ in hidden parts alone as one; without those that are all hidden."""
    ways: dict[tuple[str, ...], dict[tuple[int, ...], tuple[int, ...]]] = {}
    order = {name: (name not in graph.kept, number) for number, name in enumerate(graph.names)}
    for loop in loops:
        visible = tuple(graph.links[link][0] for link in loop)
        visible = tuple(name for name in visible if name not in graph.hidden)
        if visible:
            ways.setdefault(_turned(visible, order), {}).setdefault(tuple(sorted(loop)), tuple(loop))
    return [Circuit(names, tuple(each.values()), graph.partition[names[0]]) for names, each in ways.items()]


def _turned(names: tuple[str, ...], order: Mapping[str, tuple[bool, int]]) -> tuple[str, ...]:
    """Return a cycle of names turned so that it starts at its first stock in the model's order."""
    place = names.index(min(names, key=order.__getitem__))
    return names[place:] + names[:place]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares [row, circuit] of the circuits that were kept.

    Parameters
    ----------
    raw : [row, circuit] scores, held within what a double can hold
    explained : [row], how much of the sizes of all circuits that were found the kept ones carry; 1 at rest
    found, silent : circuits that were scored, and how many of them are 0 on every row
    """

    circuits: tuple[Circuit, ...]
    share: Array
    raw: Array
    explained: Array
    found: int
    silent: int


def shares(
    circuits: Sequence[Circuit], scores: LinkScores, pinned: Sequence[int] = (), keep: int = KEPT
) -> Shares:
    """Return the circuits that matter, with their shares; each row's leader is always kept.

    Parameters
    ----------
    pinned : places of circuits that are kept whatever their share
    """
    rows = scores.values.shape[1]
    if not circuits:
        empty = np.zeros((rows, 0))
        return Shares((), empty, empty, np.ones(rows), 0, 0)
    with np.errstate(divide="ignore"):
        logs = np.log(np.abs(scores.values))
    partition = np.array([circuit.partition for circuit in circuits])
    kinds = range(int(partition.max()) + 1)
    total, best = np.full((2, len(kinds), rows), -np.inf)
    leader = np.full((len(kinds), rows), -1)
    columns = np.arange(rows)
    pieces = [_Piece(circuits, low, high, scores) for low, high in _chunks(circuits, rows)]
    sizes = [pieces[0].sizes(logs)] if len(pieces) == 1 else None  # several do not fit in memory at once
    for number, piece in enumerate(pieces):
        size = sizes[number] if sizes else piece.sizes(logs)
        for kind in kinds:
            mine = np.flatnonzero(partition[piece.low : piece.high] == kind)
            if len(mine):
                ours = size if len(mine) == len(size) else size[mine]
                total[kind] = np.logaddexp(total[kind], _logsum(ours))
                first = mine[ours.argmax(axis=0)]
                better = size[first, columns] > best[kind]
                best[kind][better] = size[first, columns][better]
                leader[kind][better] = piece.low + first[better]
    top, mean = np.zeros((2, len(circuits)))
    for number, piece in enumerate(pieces):
        size = sizes[number] if sizes else piece.sizes(logs)
        for low, high in _blocks(len(size)):
            here = slice(piece.low + low, piece.low + high)
            share = _share(size[low:high], total[partition[here]])
            top[here], mean[here] = share.max(axis=1), share.mean(axis=1)
    must = {int(n) for n in np.unique(leader) if n >= 0} | set(pinned)
    order = np.argsort(-mean, kind="stable")
    chosen = sorted(must | {int(n) for n in order[:keep] if top[n] >= SMALLEST})
    chosen.sort(key=lambda n: -mean[n])
    kept = [circuits[n] for n in chosen]
    piece = _Piece(kept, 0, len(kept), scores)
    size, sign = piece.sizes(logs), piece.signs(logs, scores.values)
    share = _share(size, total[partition[chosen]]) * sign
    raw = np.exp(np.minimum(size, LOG_LARGEST)) * sign
    active = np.isfinite(total).sum(axis=0)
    explained = np.where(active > 0, np.abs(share).sum(axis=0) / np.maximum(active, 1), 1.0)
    silent = int((top == 0.0).sum())
    return Shares(tuple(kept), share.T, raw.T, explained, len(circuits), silent)


def _share(size: Array, total: Array) -> Array:
    with np.errstate(invalid="ignore"):
        found = np.exp(size - total)
    return np.where(np.isfinite(size), found, 0.0)


def _logsum(logs: Array) -> Array:
    """Return the logarithm of the sum over the first axis; -inf where all are."""
    highest = logs.max(axis=0)
    base = np.where(np.isfinite(highest), highest, 0.0)
    found = np.zeros(logs.shape[1])
    for low, high in _blocks(len(logs)):
        found += np.exp(logs[low:high] - base).sum(axis=0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(found) + base)


def _blocks(count: int) -> Iterable[tuple[int, int]]:
    """Return from where to where so many rows are worked on together, so that they stay at hand."""
    return ((low, min(low + BLOCK, count)) for low in range(0, count, BLOCK))


def _chunks(circuits: Sequence[Circuit], rows: int) -> Iterable[tuple[int, int]]:
    low, held = 0, 0
    for number, circuit in enumerate(circuits):
        held += len(circuit.ways) * rows
        if held > CHUNK:
            yield low, number + 1
            low, held = number + 1, 0
    if low < len(circuits):
        yield low, len(circuits)


class _Piece:
    """Some of the circuits, as runs of links that all of their ways take whole or not at all."""

    def __init__(self, circuits: Sequence[Circuit], low: int, high: int, scores: LinkScores) -> None:
        place = {link: number for number, link in enumerate(scores.links)}
        self.low, self.high = low, high
        ways = [way for circuit in circuits[low:high] for way in circuit.ways]
        links = np.array([place[link] for way in ways for link in way], dtype=np.int64)
        begins = np.zeros(len(links), dtype=bool)
        ends = np.cumsum([len(way) for way in ways])
        begins[[0, *ends[:-1]]] = True
        begins = _run_begins(links, begins, len(scores.links))
        places = np.append(np.flatnonzero(begins), len(links))
        _, shown, self.columns = np.unique(links[places[:-1]], return_index=True, return_inverse=True)
        self.runs = [links[places[n] : places[n + 1]] for n in shown]
        lengths = np.diff([0, *np.cumsum(begins)[ends - 1]])
        self.order = np.argsort(-lengths, kind="stable")  # the longest way first
        self.lengths = lengths[self.order]
        self.offsets = (np.cumsum(lengths) - lengths)[self.order]
        self.starts = np.cumsum([0, *[len(circuit.ways) for circuit in circuits[low:high]]])

    def sums(self, values: Array) -> Array:
        """Return the sum over each way's links of [link, row], [way, row]."""
        parts = np.array([values[links].sum(axis=0) for links in self.runs])
        found = np.empty((len(self.order), values.shape[1]))
        held = np.empty((BLOCK, values.shape[1]))
        for low, high in _blocks(len(self.order)):
            lengths, offsets = self.lengths[low:high], self.offsets[low:high]
            block = parts[self.columns[offsets]]
            longer = np.searchsorted(-lengths, -np.arange(1, lengths[0])).tolist()
            for position, count in enumerate(longer, 1):
                columns = self.columns[offsets[:count] + position]
                block[:count] += parts.take(columns, axis=0, out=held[:count], mode="clip")
            found[self.order[low:high]] = block
        return found

    def sizes(self, logs: Array) -> Array:
        """Return the logarithm of each circuit's score's size, [circuit, row]."""
        size: Array = self.sums(logs)
        first, several = self.starts[:-1], np.diff(self.starts)
        if len(size) == len(first):
            return size
        largest: Array = size[first]
        for way in range(1, int(several.max())):
            more = np.flatnonzero(several > way)
            largest[more] = np.maximum(largest[more], size[first[more] + way])
        return largest

    def signs(self, logs: Array, values: Array) -> Array:
        """Return the sign of each circuit's strongest way, [circuit, row]."""
        sign: Array = 1.0 - 2.0 * (self.sums((values < 0.0).astype(np.float64)) % 2.0)
        if len(sign) + 1 == len(self.starts):
            return sign
        size = self.sums(logs)
        columns = np.arange(size.shape[1])
        strongest = [
            low + size[low:high].argmax(axis=0) for low, high in itertools.pairwise(self.starts.tolist())
        ]
        return np.array([sign[way, columns] for way in strongest])


def _run_begins(links: NDArray[np.int64], begins: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Return where runs begin: where a way does, or where what comes before or after a link can differ.

    Parameters
    ----------
    links : of all ways, one after the other
    begins : where each way begins
    count : of links in all
    """
    before, after = np.full(count, -1), np.full(count, -1)
    inner = np.flatnonzero(~begins)  # places with a link before them in the same way
    before[links[inner]], after[links[inner - 1]] = links[inner - 1], links[inner]
    loose = np.zeros(count, dtype=bool)  # links before which a run must begin
    loose[links[begins]] = True
    loose[links[inner][before[links[inner]] != links[inner - 1]]] = True
    loose[links[inner][after[links[inner - 1]] != links[inner]]] = True
    fork = np.zeros(count, dtype=bool)
    fork[links[inner - 1][after[links[inner - 1]] != links[inner]]] = True
    last = np.append(begins[1:], True)
    fork[links[last]] = True
    return np.asarray(begins | loose[links] | np.concatenate([[False], fork[links[:-1]]]))
