"""putar: flywheel stories as models that run, cite every number, and can be proved wrong.

`putar.load` opens a flywheel, a folder, a model file or a Model built by hand. The names below are
loaded when they are first used, so that importing putar costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from putar.errors import ModelError, ModelErrors, PutarError, RunError, UsageError
    from putar.language.model import (
        Dimension,
        Equation,
        Link,
        Model,
        Parameter,
        Points,
        Subsystem,
        TimeSpec,
        UnitDeclaration,
        Variable,
    )
    from putar.language.parse import parse_expression
    from putar.runs.ensemble import Ensemble, Status
    from putar.runs.run import Run
    from putar.study import Study, load

__all__ = [
    "Dimension",
    "Ensemble",
    "Equation",
    "Link",
    "Model",
    "ModelError",
    "ModelErrors",
    "Parameter",
    "Points",
    "PutarError",
    "Run",
    "RunError",
    "Status",
    "Study",
    "Subsystem",
    "TimeSpec",
    "UnitDeclaration",
    "UsageError",
    "Variable",
    "load",
    "parse_expression",
]

_HOMES = {
    "putar.errors": ("ModelError", "ModelErrors", "PutarError", "RunError", "UsageError"),
    "putar.language.parse": ("parse_expression",),
    "putar.runs.ensemble": ("Ensemble", "Status"),
    "putar.runs.run": ("Run",),
    "putar.study": ("Study", "load"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'putar' has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "putar.language.model")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
