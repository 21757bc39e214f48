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

__all__ = ["draw", "drawn_parameters", "normal_quantile", "quantile", "rounded", "standard_normal", "uniform"]

# coefficients of AS 241, above and below the line, from the highest power down
_CENTRE = (
    (
        *(2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4),
        *(1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    ),
    (
        *(5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4),
        *(5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
    ),
)
_FLANK = (
    (
        *(7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1),
        *(1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0),
        *(4.63033784615654529590e0, 1.42343711074968357734e0),
    ),
    (
        *(1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2),
        *(1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0),
        *(2.05319162663775882187e0, 1.0),
    ),
)
_FAR = (
    (
        *(2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3),
        *(2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0),
        *(5.46378491116411436990e0, 6.65790464350110377720e0),
    ),
    (
        *(2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5),
        *(7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1),
        *(5.99832206555887937690e-1, 1.0),
    ),
)


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
    """Return the standard normal values below which the given shares in (0, 1) lie, to twelve digits.

    Source
    ------
    Wichura (1988), algorithm AS 241, Appl. Statist. 37, 477-484, doi:10.2307/2347330 (relative error
    about 1e-16). A library's function would cost every command a third of a second of import.
    """
    share = np.asarray(share, dtype=np.float64)
    middle = share - 0.5
    found = np.empty_like(middle)
    central = np.abs(middle) <= 0.425
    near = middle[central]
    found[central] = near * _ratio(0.180625 - near * near, _CENTRAL)
    tail = np.sqrt(-np.log(np.minimum(share[~central], 1.0 - share[~central])))
    far = _ratio(tail - 1.6, _TAIL)
    farther = tail > 5.0
    far[farther] = _ratio(tail[farther] - 5.0, _FAR_TAIL)
    found[~central] = np.copysign(far, middle[~central])
    return rounded(found)


def _ratio(x: NDArray[np.float64], coefficients: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
    top, bottom = (_polynomial(x, each) for each in coefficients)
    return np.asarray(top / bottom, dtype=np.float64)


def _polynomial(x: NDArray[np.float64], coefficients: tuple[float, ...]) -> NDArray[np.float64]:
    """Return a polynomial's value by Horner's rule, as NumPy's own, which takes longer to load."""
    found = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        found = found * x + coefficient
    return found


_CENTRAL = (
    (
        *(3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4),
        *(4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    ),
    (
        *(1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3),
        *(2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
    ),
)
_TAIL = (
    (
        *(1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504),
        *(
            1.27045825245236838258,
            2.41780725177450611770e-1,
            2.27238449892691845833e-2,
            7.74545014278341407640e-4,
        ),
    ),
    (
        *(1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1),
        *(
            1.48103976427480074590e-1,
            1.51986665636164571966e-2,
            5.47593808499534494600e-4,
            1.05075007164441684324e-9,
        ),
    ),
)
_FAR_TAIL = (
    (
        *(6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1),
        *(
            2.65321895265761230930e-2,
            1.24266094738807843860e-3,
            2.71155556874348757815e-5,
            2.01033439929228813265e-7,
        ),
    ),
    (
        *(1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2),
        *(
            7.86869131145613259100e-4,
            1.84631831751005468180e-5,
            1.42151175831644588870e-7,
            2.04426310338993978564e-15,
        ),
    ),
)


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
    if distribution.kind == "triangular" and distribution.third is not None:
        low, mode, high = distribution.first, distribution.second, distribution.third
        rising = low + np.sqrt(share * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
        return rounded(np.where(share * (high - low) < mode - low, rising, falling))
    fix = "uniform, lognormal or triangular"
    raise UsageError(f"unknown distribution {distribution.kind!r}", fix)
