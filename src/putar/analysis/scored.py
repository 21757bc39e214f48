"""A Program that scores a finding's loops as it runs, for any kernel and any number of members.

Partial changes are operations beside the model's own, on values that latches keep from the step before, so
that whoever runs the Program (the machine for an ensemble, the browser for a slider) has the shares of the
loops in the same call as the model's variables.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from putar.analysis.loops import Loop, LoopFinding
from putar.engine.cache import kept_text
from putar.engine.changes import Link, ScoredLoop, scored
from putar.engine.formulas import Formulas
from putar.engine.ir import Program
from putar.engine.js_kernel import javascript

__all__ = ["LINK", "LOOP", "scored_program", "scored_script"]

LOOP = "loop "  # and the loop's id: the name of its output
LINK = "link "  # and `source > target`


def scored_program(
    formulas: Formulas,
    finding: LoopFinding,
    loops: Sequence[Loop] | None = None,
    *,
    links: Sequence[Link] = (),
    outputs: Sequence[str] | None = None,
    varying: Collection[str] = (),
    save_every: int | None = None,
) -> Program:
    """Return the model's Program with the shares of loops over time as further outputs, `loop ID`.

    Shares are those of `putar loops`, signed, [-1, 1], over the loops that are asked for: within a partition
    their sizes sum to one wherever one acts. They go with every change of a constant. The first row has no
    interval before it, and is 0.

    Parameters
    ----------
    formulas : the model's, of which `finding` is
    loops : some of `finding.loops`; all where not said
    links : (source, target) pairs whose scores are outputs, too, `link SOURCE > TARGET`
    outputs : of the model, which come first under their own names; all where not said
    varying : constants that are given other values in the midst of a run
    save_every : steps between rows; the model's own where not said

    Examples
    --------
    >>> import putar
    >>> study = putar.load("openai-compute")
    >>> found = study.loops()
    >>> program = scored_program(study.flywheel.formulas, found.finding, found.finding.main[:5])
    >>> program.outputs[-5][0]
    'loop B3'
    """
    rows = _rows(finding, finding.loops if loops is None else loops)
    kept = tuple(name for name, _ in formulas.program.outputs) if outputs is None else tuple(outputs)
    named = tuple((f"{LINK}{source} > {target}", (source, target)) for source, target in links)
    return _made(formulas, rows, frozenset(varying), save_every, kept, named)


def scored_script(
    formulas: Formulas,
    finding: LoopFinding,
    loops: Sequence[Loop],
    name: str,
    *,
    varying: Collection[str] = (),
    save_every: int | None = None,
) -> str:
    """Return the text of a JavaScript function that gives the Program of shares, without the model's outputs.

    It is kept from one process to the next. The arguments are those of `scored_program`.

    Parameters
    ----------
    name : of the function
    """
    rows, often = _rows(finding, loops), frozenset(varying)

    def made() -> str:
        return javascript(_made(formulas, rows, often, save_every, (), ()), name, bare=True)

    return kept_text(("shares", name, formulas.digest, repr((rows, sorted(often), save_every))), made)


def _rows(finding: LoopFinding, loops: Sequence[Loop]) -> tuple[ScoredLoop, ...]:
    """Return loops as the engine scores them: each circuit's ways as links by their ends."""
    circuits, ends = finding.shares.circuits, finding.graph.links
    return tuple(
        ScoredLoop(
            f"{LOOP}{loop.id}",
            tuple(
                tuple(tuple(ends[link] for link in way) for way in circuits[n].ways) for n in loop.circuits
            ),
            loop.partition,
        )
        for loop in loops
    )


@lru_cache(maxsize=8)
def _made(
    formulas: Formulas,
    loops: tuple[ScoredLoop, ...],
    varying: frozenset[str],
    save_every: int | None,
    outputs: tuple[str, ...],
    links: tuple[tuple[str, Link], ...],
) -> Program:
    """Return the Program; the same one when asked again, so that its kernel is found."""
    return scored(formulas, loops, varying, save_every, outputs, links)
