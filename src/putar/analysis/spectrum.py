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
from putar.analysis.naming import label
from putar.words.said import Said

__all__ = [
    "Elasticity",
    "Number",
    "Passing",
    "elasticities",
    "flywheel_number",
    "influences",
    "link_elasticities",
    "local_rate",
    "one_signed",
    "participation",
    "passing",
    "steady",
    "step_matrices",
    "window_product",
    "window_rate",
]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
REAL = 1e-9  # an eigenvalue counts as real when its imaginary part is below this share of its size
LOOKED = 16  # rows of a window whose local eigenvalue is looked at
DEFECTIVE = (
    1e-7  # a product of left and right vectors below this share of its parts is of no simple eigenvalue
)


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
    power = step * j
    total = np.eye(count) + power
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
    if steps.shape[-1] == 0:
        return np.full(steps.shape[1:-2], -np.inf)
    product, log = window_product(steps)
    radius = np.abs(np.linalg.eigvals(product)).max(axis=-1)
    with np.errstate(divide="ignore"):
        found: Array = (np.log(radius) + log) / (len(steps) * step)
    return found


def window_product(steps: Array) -> tuple[Array, Array]:
    """Return the product of all steps' matrices, of largest entry 1, and the logarithm of its scale."""
    product, logs = _scaled(steps)
    while len(product) > 1:
        even = len(product) // 2 * 2
        joined, more = _scaled(product[1:even:2] @ product[0:even:2])
        logs_joined = logs[1:even:2] + logs[0:even:2] + more
        product = np.concatenate([joined, product[even:]])
        logs = np.concatenate([logs_joined, logs[even:]])
    return product[0], logs[0]


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
            held = {"one": label(names[int(j)]), "other": label(names[int(i)])}
            return Number(None, Said("number.held_down", **held))
        return Number(None, Said("number.some_held_down"))
    if len(loss) == 0 or np.diag(loss).min() <= 0.0:
        return Number(None, Said("number.no_loss"))
    return Number(float(np.abs(np.linalg.eigvals(gives @ np.linalg.inv(loss))).max()))


def elasticities(j: Array) -> tuple[Array, Array]:
    """Return how the leading eigenvalue of a matrix moves with its entries: derivatives and elasticities.

    Not-a-number where the eigenvalue is defective. Derivatives are l r' / (l r), elasticities those
    times J / value; of a complex pair the real parts.
    """
    value, left, right, norm = _leading_pair(j)
    if not norm:
        return np.full(j.shape, np.nan), np.full(j.shape, np.nan)
    slope = np.outer(left, right) / norm
    return slope.real, (slope * j / value).real


def _leading_pair(j: Array) -> tuple[complex, Complex, Complex, complex]:
    """Return the leading eigenvalue, its left and right vectors, and their product; 0 if it is not simple."""
    values, vectors = np.linalg.eig(j)
    place = values.real.argmax()
    value, right = complex(values[place]), vectors[:, place]
    other, duals = np.linalg.eig(j.T)
    left = duals[:, np.abs(other - value).argmin()]
    norm, parts = complex(left @ right), float(np.abs(left * right).sum())
    twins = np.abs(values - value) <= REAL * max(float(np.abs(values).max()), 1e-300)
    simple = abs(norm) > DEFECTIVE * parts and int(twins.sum()) == 1
    return value, left.astype(np.complex128), right.astype(np.complex128), norm if simple else 0j


@dataclass(frozen=True, slots=True)
class Elasticity:
    """How a link's gain moves the leading eigenvalue: by a common factor, and relative to its value.

    `influence` is gain * (l b)(c r) / (l r), 1/time; `elasticity` that over the eigenvalue, and
    not-a-number where it is 0. Both are complex where the eigenvalue is one of a pair.
    """

    influence: complex
    elasticity: complex


def link_elasticities(
    found: Jacobian, row: int = -1, member: int = 0
) -> dict[tuple[str, str], Elasticity] | None:
    """Return what each link does to the leading eigenvalue at one row; None where it is defective.

    The Jacobian is affine in a link's gain, with the derivatives below and above the link as its direction,
    so that this is exact for links of any place in the model, not for entries of the matrix alone.

    Source
    ------
    Kampmann (2012), System Dynamics Review 28, 370-395; Saleh, Oliva, Kampmann, Davidsen (2010), European
    Journal of Operational Research 202, 673-683.
    """
    if not found.stocks or found.latch.any():
        return {} if not found.stocks else None
    value, left, right, norm = _leading_pair(found.matrix[row, member])
    if not norm:
        return None
    result = {}
    for link in found.gain:
        gain, below, above = (each[row, member] for each in found.ends(link))
        influence = complex(gain * (left @ below) * (above @ right) / norm)
        ratio = influence / value if abs(value) > 0.0 else complex(np.nan)
        result[link] = Elasticity(influence, ratio)
    return result


def steady(found: Jacobian) -> NDArray[np.bool_]:
    """Return whether what a window leaves of a push does not swing, [member].

    The leading eigenvalue of the product of all steps must be a real number above zero, and that of the
    matrix be real on at least half of the rows, of which up to LOOKED are looked at.
    """
    if not found.stocks:
        return np.ones(found.matrix.shape[1], dtype=bool)
    product, _ = window_product(step_matrices(found))
    values = np.linalg.eigvals(product)
    place = np.abs(values).argmax(axis=-1)[..., None]
    first = np.take_along_axis(values, place, axis=-1)[..., 0]
    ahead = (first.real >= 0.0) & (np.abs(first.imag) <= REAL * np.abs(first))
    rows = np.unique(np.linspace(0, len(found.times) - 1, LOOKED).round().astype(np.int64))
    _, real = local_rate(found.matrix[rows])
    result: NDArray[np.bool_] = ahead & (real.mean(axis=0) >= 0.5)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Passing:
    """The leading direction of a window before each of its steps, [row, stock], and its dual after it."""

    steps: Array
    right: Complex
    left: Complex


def passing(steps: Array) -> Passing:
    """Return how the leading direction of a window passes through its steps, [row, stock, stock]."""
    count = steps.shape[-1]
    right = np.empty((len(steps), count), dtype=np.complex128)
    left = np.empty_like(right)
    product, _ = window_product(steps)
    now, back = _leading(product)
    for n, matrix in enumerate(steps):
        right[n] = now
        now = matrix @ now
        now = now / max(float(np.abs(now).max()), 1e-300)
    for n in range(len(steps) - 1, -1, -1):
        left[n] = back
        back = back @ steps[n]
        back = back / max(float(np.abs(back).max()), 1e-300)
    return Passing(steps, right, left)


def influences(
    found: Jacobian, member: int = 0, along: Passing | None = None
) -> dict[tuple[str, str], float]:
    """Return how the window rate moves when a link is scaled, 1/time: its derivative at full strength.

    Exact under Euler, to first order in the step under other methods; used to rank links.
    """
    if not found.stocks:
        return {}
    along = passing(step_matrices(found)[:, member]) if along is None else along
    rows, left, right = len(along.steps), along.left, along.right
    through = np.einsum("ti,tij,tj->t", left, along.steps, right)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(np.abs(through) > 0.0, 1.0 / through, 0.0)
    result = {}
    for link in found.gain:
        gain, below, above = (each[:, member] for each in found.ends(link))
        part = gain * np.einsum("ti,ti->t", left, below) * np.einsum("ti,ti->t", above, right) * scale
        result[link] = float(np.real(part.sum()) / rows)
    return result


def participation(along: Passing) -> Array:
    """Return the mean part of each stock in the leading growth over a window, [stock], summing to one."""
    if along.steps.shape[-1] == 0:
        return np.zeros(0)
    part = np.abs(np.einsum("tij,ti->tj", along.steps, along.left) * along.right)  # both before the step
    total = part.sum(axis=1, keepdims=True)
    mean: Array = np.divide(part, total, out=np.zeros(part.shape), where=total > 0.0).mean(axis=0)
    return mean


def _leading(matrix: Array) -> tuple[Complex, Complex]:
    """Return the eigenvector of largest eigenvalue and its dual, which is orthogonal to all others.

    Where two directions share the eigenvalue the dual belongs to the one that is returned.
    """
    if not len(matrix):
        return np.zeros(0, dtype=np.complex128), np.zeros(0, dtype=np.complex128)
    values, vectors = np.linalg.eig(matrix)
    place = int(np.abs(values).argmax())
    vector: Complex = vectors[:, place].astype(np.complex128)
    try:
        dual = np.linalg.inv(vectors)[place]
    except np.linalg.LinAlgError:  # defective: no full set of directions
        others, duals = np.linalg.eig(matrix.T)
        dual = duals[:, np.abs(others).argmax()]
    return vector, (dual / max(float(np.abs(dual).max()), 1e-300)).astype(np.complex128)
