"""Who moves whom: a model's formulas as a graph of links, its partitions, and its shortest equal.

Nodes are variable elements and hidden memories; a link goes from what is read to what reads it. Constants,
time and draws are no nodes. A partition is a strongly connected component: all loops of a loop's partition,
and no others, share its links. `contracted` leaves out every node that a loop can pass in one way only,
which keeps all loops and makes searching for them many times faster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from putar.analysis.connected import connected
from putar.engine.formulas import Formulas

__all__ = ["CausalGraph", "Contracted", "causal_graph", "components", "contracted"]


@dataclass(frozen=True)
class CausalGraph:
    """Links by number: (source, target) names; `kept` names carry their value from step to step."""

    names: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    hidden: frozenset[str]
    kept: frozenset[str]

    @cached_property
    def partition(self) -> Mapping[str, int]:
        """The partition of each name that lies on a loop, numbered from the largest.

        The inside of a function with memory is no partition of its own.
        """
        return components(self.names, self.links, self.hidden)

    @cached_property
    def inner(self) -> tuple[int, ...]:
        """The links that lie on a loop."""
        part = self.partition
        return tuple(
            number
            for number, (a, b) in enumerate(self.links)
            if a in part and b in part and part[a] == part[b]
        )

    @cached_property
    def number(self) -> Mapping[tuple[str, str], int]:
        """The number of each link."""
        return {link: number for number, link in enumerate(self.links)}

    def stocks(self, partition: int) -> tuple[str, ...]:
        """Return what is kept from step to step in a partition."""
        return tuple(n for n in self.names if n in self.kept and self.partition.get(n) == partition)


def causal_graph(formulas: Formulas) -> CausalGraph:
    """Return the graph of a model's links."""
    links = [(source, name) for name, formula in formulas.all.items() for source in formula.inputs]
    return CausalGraph(
        tuple(formulas.all),
        tuple(links),
        frozenset(name for name, formula in formulas.all.items() if formula.hidden),
        frozenset(name for name, formula in formulas.all.items() if formula.keeps),
    )


def components(
    names: Sequence[str], links: Iterable[tuple[str, str]], hidden: Collection[str] = ()
) -> dict[str, int]:
    """Return the strongly connected component of each name on a loop, the largest first.

    Parameters
    ----------
    hidden : names of which a component does not consist alone
    """
    place = {name: number for number, name in enumerate(names)}
    out: list[list[int]] = [[] for _ in names]
    for source, target in links:
        out[place[source]].append(place[target])
    label = connected(out)
    sizes = Counter(label)
    first = {k: n for n, k in reversed(list(enumerate(label)))}
    looped = {label[n] for n, after in enumerate(out) if n in after}
    shown = {label[n] for n, name in enumerate(names) if name not in hidden}
    inside = (k for k in sizes if k in shown and (sizes[k] > 1 or k in looped))
    wanted = sorted(inside, key=lambda k: (-sizes[k], first[k]))
    rank = {k: number for number, k in enumerate(wanted)}
    return {name: rank[label[n]] for n, name in enumerate(names) if label[n] in rank}


@dataclass(frozen=True, slots=True)
class Contracted:
    """A graph with the same loops and fewer nodes.

    `out[node]` lists (next node, chain number); a chain is a run of links. `done` are the loops that the
    contraction itself closed, as runs of links.
    """

    out: tuple[tuple[tuple[int, int], ...], ...]
    chains: tuple[tuple[int, ...], ...]
    done: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]


def contracted(
    graph: CausalGraph,
    links: Collection[int],
    keep: Collection[str] = (),
    dead: Callable[[tuple[int, ...]], bool] = lambda _: False,
) -> Contracted:
    """Return the graph of some links with all nodes of one way in, or one way out, contracted.

    Parameters
    ----------
    keep : names that must stay nodes
    dead : chains that can be dropped, such as links that are never active together
    """
    into: dict[str, dict[int, str]] = {}
    out: dict[str, dict[int, str]] = {}
    chains: list[tuple[int, ...]] = []
    done: list[tuple[int, ...]] = []

    def add(source: str, target: str, chain: tuple[int, ...]) -> None:
        if dead(chain):
            return
        if source == target and source not in keep:
            done.append(chain)
            return
        number = len(chains)
        chains.append(chain)
        out.setdefault(source, {})[number] = target
        into.setdefault(target, {})[number] = source
        into.setdefault(source, {})
        out.setdefault(target, {})

    for number in sorted(links):
        add(*graph.links[number], (number,))
    waiting = list(dict.fromkeys([*into, *out]))
    while waiting:
        name = waiting.pop()
        if name in keep or name not in into:
            continue
        before, after = into[name], out[name]
        if len(before) > 1 and len(after) > 1:
            continue
        del into[name], out[name]
        for number, source in before.items():
            if source != name:
                del out[source][number]
        for number, target in after.items():
            if target != name:
                del into[target][number]
        for first, source in before.items():
            for second, target in after.items():
                add(source, target, chains[first] + chains[second])
        waiting.extend(dict.fromkeys([*before.values(), *after.values()]))
    names = tuple(out)
    place = {name: number for number, name in enumerate(names)}
    listed = tuple(tuple((place[t], number) for number, t in out[name].items()) for name in names)
    return Contracted(listed, tuple(chains), tuple(done), names)
