"""Links' switches as variables: 1 before the cut date, from then on how far a link is kept.

Source: docs/format.md, "Names": `links.<id>`.
"""

from __future__ import annotations

from dataclasses import replace

from putar.language.expr import Binary, Expr, If, Name, Number
from putar.language.model import Equation, Model, Parameter, Subsystem, Variable

__all__ = ["ROOM", "with_switches"]

ROOM = "links"


def with_switches(model: Model) -> Model:
    """Return a model in which each link is an ordinary variable; what ran before gives the same numbers."""
    if not model.links:
        return model
    date = "links.cut_date"
    reason = "from when links are as far kept as their constants say"
    made = [
        Variable(
            date,
            "constant",
            model.time.unit,
            reason=reason,
            parameter=Parameter(model.time.start, status="lever", reason=reason),
        )
    ]
    half: Expr = Binary("/", Name("dt"), Number(2.0))
    for link in model.links:
        kept = f"links.{link.id}_kept"
        reason = f"{link.title or link.id}: 1 keeps the link, 0 puts it at arm's length from the cut date on"
        made.append(
            Variable(
                kept,
                "constant",
                "dmnl",
                parameter=Parameter(1.0, low=0.0, high=1.0, status="lever", reason=reason),
            )
        )
        before = Binary("<", Binary("+", Name("time"), half), Name(f".{date}"))
        switch = If(before, Number(1.0), Name(f".{kept}"))
        made.append(
            Variable(
                link.switch, "aux", "dmnl", Equation(switch), reason=f"the switch of {link.title or link.id}"
            )
        )
    room = Subsystem(ROOM, "Links", "couplings that can be integrated or at arm's length")
    return replace(
        model,
        variables=(*model.variables, *made),
        subsystems=(*model.subsystems, room) if model.subsystems else model.subsystems,
        links=(),
    )
