"""A run as a person asks it: variables by name, as labelled arrays with unit and source.

The arrays themselves stay in the Ensemble; this is the way to look at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from putar.errors import UsageError, nearest
from putar.language.model import Model, element_name
from putar.language.spelling import called
from putar.runs.ensemble import Ensemble

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """What a model gave: `run["users.weekly_users"]` is an xarray.DataArray with unit and source."""

    model: Model
    ensemble: Ensemble

    def __getitem__(self, name: str) -> xr.DataArray:
        import xarray as xr

        name = name if name in self.ensemble.names else called(self.model, name)
        base, _, element = name.partition("[")
        variable = self.model.by_name.get(base)
        wanted = [name]
        dimensions: tuple[str, ...] = ()
        if variable is not None and variable.dimensions and not element:
            wanted, dimensions = list(self.model.element_names(variable)), variable.dimensions
        for one in wanted:
            if one not in self.ensemble.names:
                near = nearest(one, self.ensemble.names)
                fix = f"did you mean {near!r}?" if near else "keep it with save=[...]"
                raise UsageError(f"{one!r} is not in this run", fix)
        elements = [self.model.dimension_elements[d] for d in dimensions]
        shape = (len(self.ensemble.times), *[len(e) for e in elements], self.ensemble.members)
        values = np.stack([self.ensemble.series(one) for one in wanted], axis=1).reshape(shape)
        coordinates: dict[str, object] = {"time": self.ensemble.times}
        coordinates |= dict(zip(dimensions, [list(e) for e in elements], strict=True))
        dims: tuple[str, ...] = ("time", *dimensions)
        if self.ensemble.members > 1:
            dims = (*dims, "member")
        else:
            values = values[..., 0]
        attributes = (
            {"unit": variable.unit, "source": variable.reason, "kind": variable.kind} if variable else {}
        )
        return xr.DataArray(values, coords=coordinates, dims=dims, name=name, attrs=attributes)

    def table(self, names: Sequence[str] | None = None, member: int = 0) -> pd.DataFrame:
        """Return one member as a table: time down, variables across."""
        import pandas as pd

        chosen = list(names or self.ensemble.names)
        columns = {name: self.ensemble.series(name)[:, member] for name in chosen}
        return pd.DataFrame(columns, index=pd.Index(self.ensemble.times, name="time"))

    def unit(self, name: str) -> str:
        """Return the unit of a variable."""
        return self.model[name.partition("[")[0]].unit

    def elements(self, name: str) -> tuple[str, ...]:
        """Return the names of an array's elements, or the name itself."""
        variable = self.model[name]
        tuples = self.model.element_tuples(variable)
        return tuple(element_name(name, elements) for elements in tuples)
