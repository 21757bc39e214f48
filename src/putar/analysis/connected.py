"""Strongly connected components of a graph, of nodes by number.

Graphs of models are small, and this is quicker than importing a library for them.

Source: Tarjan (1972), SIAM J. Comput. 1, 146-160, doi:10.1137/0201010; here with a stack of its own, so that
no depth of a graph is too much.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["connected"]


def connected(out: Sequence[Sequence[int]]) -> list[int]:
    """Return the number of each node's component, the same for nodes that reach each other.

    Parameters
    ----------
    out : of each node the nodes that it leads to
    """
    count = len(out)
    label, seen, lowest = [-1] * count, [-1] * count, [0] * count
    held: list[int] = []  # seen, and not yet in a component
    order = found = 0
    for root in range(count):
        if seen[root] >= 0:
            continue
        seen[root] = lowest[root] = order
        order += 1
        held.append(root)
        path = [(root, iter(out[root]))]
        while path:
            node, edges = path[-1]
            after = next(edges, None)
            if after is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == seen[node]:
                    one = -1
                    while one != node:
                        one = held.pop()
                        label[one] = found
                    found += 1
            elif seen[after] < 0:
                seen[after] = lowest[after] = order
                order += 1
                held.append(after)
                path.append((after, iter(out[after])))
            elif label[after] < 0:
                lowest[node] = min(lowest[node], seen[after])
    return label
