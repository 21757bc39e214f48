"""Random draws of parameters: seeded, each parameter with a stream of its own.

A draw depends on the seed, the parameter's name and the member's number alone: adding members or
parameters changes no other draw. Draws are rounded to twelve digits, so that the last bits in which
mathematical libraries differ do not make results differ from machine to machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from putar.errors import UsageError
from putar.language.model import Distribution, Model, Parameter

__all__ = ["draw", "drawn_parameters", "normal_quantile", "rounded", "standard_normal", "uniform"]


def uniform(name: str, members: int, seed: int) -> NDArray[np.float64]:
    """Return [member] draws in (0, 1) that belong to a name and a seed."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    bits = np.random.Philox(key=int.from_bytes(digest[:16], "little")).random_raw(members)
    whole = np.asarray(bits, dtype=np.uint64) >> np.uint64(11)
    return (whole.astype(np.float64) + 0.5) * 2.0**-53


def standard_normal(name: str, members: int, seed: int) -> NDArray[np.float64]:
    """Return [member] standard normal draws that belong to a name and a seed."""
    return normal_quantile(uniform(name, members, seed))


def normal_quantile(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard normal values below which the given shares lie."""
    from scipy.special import ndtri  # a slow import, needed only where something is drawn

    return rounded(ndtri(share))


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values rounded to twelve significant digits."""
    with np.errstate(divide="ignore"):
        size = np.where(values == 0.0, 0.0, np.floor(np.log10(np.abs(values))))
    factor = 10.0 ** (11.0 - size)
    return np.asarray(np.round(values * factor) / factor, dtype=np.float64)


def drawn_parameters(model: Model) -> Mapping[str, Parameter]:
    """Return the parameters that have a distribution, by element name."""
    found = (pair for variable in model.variables for pair in model.parameters(variable))
    return {name: parameter for name, parameter in found if parameter.distribution is not None}


def draw(
    model: Model, members: int, seed: int, names: Sequence[str] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Return [member] draws for the parameters that have a distribution, each in its unit.

    Raises
    ------
    UsageError
        If a named parameter has no distribution.
    """
    known = drawn_parameters(model)
    chosen = list(known) if names is None else list(names)
    for name in chosen:
        if name not in known:
            raise UsageError(f"{name!r} has no distribution", "give it one in parameters.toml")
    found: dict[str, NDArray[np.float64]] = {}
    for name in chosen:
        distribution = known[name].distribution
        assert distribution is not None
        found[name] = quantile(distribution, uniform(name, members, seed))
    return found


def quantile(distribution: Distribution, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values below which the given shares of a distribution lie."""
    if distribution.kind == "uniform":
        low, high = distribution.first, distribution.second
        return rounded(low + (high - low) * share)
    if distribution.kind == "lognormal":
        return rounded(distribution.first * np.exp(distribution.second * normal_quantile(share)))
    raise UsageError(f"unknown distribution {distribution.kind!r}", "uniform or lognormal")
