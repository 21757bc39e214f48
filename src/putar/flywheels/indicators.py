"""What is shown first of a model that names no headline: its first stocks, or what else moves."""

from __future__ import annotations

from dataclasses import replace

from putar.flywheels.folder import Flywheel
from putar.flywheels.questions import Headline
from putar.language.model import Model

__all__ = ["default_headlines", "with_headlines"]

MOST = 4


def default_headlines(model: Model) -> tuple[Headline, ...]:
    """Return up to four headlines of a model: its first stocks, else its first flows and variables."""
    moving = [variable for variable in model.variables if variable.kind == "stock"]
    moving = moving or [variable for variable in model.variables if variable.kind in ("flow", "aux")]
    return tuple(
        Headline(model.element_names(variable)[0], variable.short.replace("_", " ").capitalize())
        for variable in moving[:MOST]
    )


def with_headlines(flywheel: Flywheel) -> Flywheel:
    """Return the flywheel with headlines to show: its own, or those of its model where it names none."""
    if flywheel.headline:
        return flywheel
    other = replace(flywheel, headline=default_headlines(flywheel.model))
    for kept in {"program", "formulas", "_lowered"} & vars(flywheel).keys():  # lowered once, not twice
        vars(other)[kept] = vars(flywheel)[kept]
    return other
