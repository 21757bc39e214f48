"""Growth that a wheel has by itself: rates of the Jacobian, over an instant and over a window.

The local rate is the largest real part of the eigenvalues: how fast a small push grows at that moment. The
window rate is that of the product of all steps' matrices, which the parts of a changing matrix cannot fool.
The flywheel number R says how many units a unit of capability makes anew before it wears out; it exists
where no stock holds another one down, and then R > 1 exactly where the local rate is above zero. A push that
grows is not a level that rises: the growth of levels is reported beside these.

Source: van den Driessche, Watmough (2002), Math. Biosci. 180, 29-48, doi:10.1016/S0025-5564(02)00108-6;
Diekmann, Heesterbeek, Roberts (2010), J. R. Soc. Interface 7, 873-885, doi:10.1098/rsif.2009.0386.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from putar.analysis.jacobian import Jacobian

__all__ = [
    "Number",
    "elasticities",
    "flywheel_number",
    "influences",
    "local_rate",
    "one_signed",
    "participation",
    "step_matrices",
    "window_rate",
]

Array = NDArray[np.float64]
REAL = 1e-9  # an eigenvalue counts as real when its imaginary part is below this share of its size


@dataclass(frozen=True, slots=True)
class Number:
    """The flywheel number, or why there is none."""

    value: float | None
    why: str = ""


def step_matrices(found: Jacobian, matrix: Array | None = None) -> Array:
    """Return what one step does to a small deviation, [row, member, stock, stock].

    Of a method of order p it is the sum of (h J)^k / k! up to k = p; a latch takes its next value.
    """
    j = found.matrix if matrix is None else matrix
    return _stepped(j, found.step, found.order, found.latch)


def _stepped(j: Array, step: float, order: int = 1, latch: NDArray[np.bool_] | None = None) -> Array:
    count = j.shape[-1]
    total = np.eye(count) + step * j
    power = step * j
    for k in range(2, order + 1):
        power = power @ (step * j)
        total = total + power / factorial(k)
    if latch is not None and latch.any():
        total[..., latch, :] = j[..., latch, :]
    return total


def local_rate(j: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the largest real part of the eigenvalues, 1/time, and whether that eigenvalue is real.

    Parameters
    ----------
    j : [..., stock, stock]
    """
    if j.shape[-1] == 0:
        return np.full(j.shape[:-2], -np.inf), np.ones(j.shape[:-2], dtype=bool)
    values = np.linalg.eigvals(j)
    place = values.real.argmax(axis=-1)[..., None]
    first = np.take_along_axis(values, place, axis=-1)[..., 0]
    return first.real, np.abs(first.imag) <= REAL * np.maximum(np.abs(first), 1e-300)


def one_signed(j: Array) -> bool:
    """Return whether the leading eigenvector of one matrix has a single sign: all parts grow together."""
    values, vectors = np.linalg.eig(j)
    vector = vectors[:, values.real.argmax()]
    turned = vector / vector[np.abs(vector).argmax()]
    return bool(np.abs(turned.imag).max() < 1e-8 and turned.real.min() > -1e-8)


def window_rate(steps: Array, step: float) -> Array:
    """Return the growth rate over a window of steps, 1/time: ln of the product's spectral radius, a step.

    Parameters
    ----------
    steps : [row, ..., stock, stock], what each step does; later rows act later
    step : of time

    -inf where the product vanishes.
    """
    count = len(steps)
    if steps.shape[-1] == 0:
        return np.full(steps.shape[1:-2], -np.inf)
    product, logs = _scaled(steps)
    while len(product) > 1:
        even = len(product) // 2 * 2
        joined, more = _scaled(product[1:even:2] @ product[0:even:2])
        logs_joined = logs[1:even:2] + logs[0:even:2] + more
        product = np.concatenate([joined, product[even:]])
        logs = np.concatenate([logs_joined, logs[even:]])
    radius = np.abs(np.linalg.eigvals(product[0])).max(axis=-1)
    with np.errstate(divide="ignore"):
        found: Array = (np.log(radius) + logs[0]) / (count * step)
    return found


def _scaled(matrices: Array) -> tuple[Array, Array]:
    """Return matrices of largest entry 1, and the logarithms of what they were divided by."""
    size = np.abs(matrices).max(axis=(-2, -1))
    size = np.where(size > 0.0, size, 1.0)
    return matrices / size[..., None, None], np.log(size)


def flywheel_number(gives: Array, takes: Array, names: tuple[str, ...] = ()) -> Number:
    """Return R, the spectral radius of gives * inverse(-takes), of one pair of matrices.

    Parameters
    ----------
    gives : [stock, stock], not negative: what raises a rate
    takes : [stock, stock], what lowers it: on the diagonal losses, elsewhere nothing that is below zero
    names : of the stocks, for the reason
    """
    loss = -takes
    off = loss - np.diag(np.diag(loss))
    if off.max(initial=0.0) > 0.0:
        i, j = np.unravel_index(int(off.argmax()), off.shape)
        if names:
            return Number(
                None, f"{names[int(j)]} holds {names[int(i)]} down, so that no single number decides"
            )
        return Number(None, "a stock holds another one down, so that no single number decides")
    if len(loss) == 0 or np.diag(loss).min() <= 0.0:
        return Number(None, "a stock loses nothing, so that a unit of it never wears out")
    return Number(float(np.abs(np.linalg.eigvals(gives @ np.linalg.inv(loss))).max()))


def elasticities(j: Array) -> tuple[Array, Array]:
    """Return how the leading eigenvalue of a matrix moves with its entries: derivatives and elasticities.

    Not-a-number where the eigenvalue is defective. Derivatives are l r' / (l r), elasticities those
    times J / value.
    """
    values, right = np.linalg.eig(j)
    place = values.real.argmax()
    value, r = values[place], right[:, place]
    other, left = np.linalg.eig(j.T)
    vector = left[:, np.abs(other - value).argmin()]
    norm = vector @ r
    if abs(norm) < 1e-12:
        return np.full(j.shape, np.nan), np.full(j.shape, np.nan)
    slope = np.outer(vector, r) / norm
    return slope.real, (slope * j / value).real


def influences(found: Jacobian, member: int = 0) -> dict[tuple[str, str], float]:
    """Return how the window rate moves when a link is scaled, 1/time: its derivative at full strength.

    Exact under Euler, to first order in the step under other methods; used to rank links.
    """
    steps = step_matrices(found)[:, member]
    rows = len(steps)
    if not found.stocks:
        return {}
    right, left = _passing(steps)
    through = np.einsum("ti,tij,tj->t", left, steps, right)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(np.abs(through) > 0.0, 1.0 / through, 0.0)
    result = {}
    for link in found.gain:
        gain, below, above = (each[:, member] for each in found.ends(link))
        part = gain * np.einsum("ti,ti->t", left, below) * np.einsum("ti,ti->t", above, right) * scale
        result[link] = float(np.real(part.sum()) / rows)
    return result


def participation(steps: Array) -> Array:
    """Return the part of each stock in the leading growth over a window, [stock]; they sum to one.

    Parameters
    ----------
    steps : [row, stock, stock], what each step does
    """
    if steps.shape[-1] == 0:
        return np.zeros(0)
    right, left = _passing(steps)
    part = np.abs(np.einsum("tij,ti->tj", steps, left) * right)  # both before the step
    total = part.sum(axis=1, keepdims=True)
    mean: Array = np.divide(part, total, out=np.zeros(part.shape), where=total > 0.0).mean(axis=0)
    return mean


def _passing(steps: Array) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return the leading direction before each step and its dual after it, each of size one."""
    count = steps.shape[-1]
    product = np.eye(count)
    for matrix in steps:
        product = matrix @ product
        product /= max(float(np.abs(product).max()), 1e-300)
    right = np.empty((len(steps), count), dtype=np.complex128)
    left = np.empty_like(right)
    now = _leading(product)
    for n, matrix in enumerate(steps):
        right[n] = now
        now = matrix @ now
        now = now / max(float(np.linalg.norm(now)), 1e-300)
    back = _leading(product.T)
    for n in range(len(steps) - 1, -1, -1):
        left[n] = back
        back = steps[n].T @ back
        back = back / max(float(np.linalg.norm(back)), 1e-300)
    return right, left


def _leading(matrix: Array) -> NDArray[np.complex128]:
    values, vectors = np.linalg.eig(matrix)
    vector: NDArray[np.complex128] = vectors[:, np.abs(values).argmax()].astype(np.complex128)
    return vector
