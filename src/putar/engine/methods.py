"""Methods of integration as rows of a table: how a step of time is made of evaluations of the rates.

All methods are explicit and have fixed steps. A row holds the coefficients of Butcher's tableau, the
weights as whole numbers over a common divisor, so that a constant rate is integrated without rounding.
Every kernel computes in the order written here, with h the step, and so agrees in the last bit:

    stage s:    x_s = x + h * (a_s1 * k_1 + a_s2 * k_2 + ...)      terms with a = 0 left out
                k_s = rate(x_s, start + (n + c_s) * h)
    the step:   x + h * ((w_1 * k_1 + w_2 * k_2 + ...) / over)     no division by 1, no product with 1

The first stage of every row is at the state itself. Latches (delays, samples, previous values) are
evaluated there and change once a step, together with the integrals. Adding a method means adding a
row; the tests run over all rows. Nothing here knows members, arrays or kernels.

Source: Hairer, Norsett, Wanner (1993), Solving Ordinary Differential Equations I, section II.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["METHODS", "Method"]


@dataclass(frozen=True, slots=True)
class Method:
    """One explicit Runge-Kutta method.

    Parameters
    ----------
    a : one row a stage after the first, each as long as the stages before it
    weights, over : the step's weights are weights / over
    c : where in the step a stage is evaluated, in steps
    order : the global error is proportional to step ** order
    """

    a: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    over: float
    c: tuple[float, ...]
    order: int

    @property
    def stages(self) -> int:
        """Evaluations of the rates a step."""
        return len(self.c)


METHODS: Final[dict[str, Method]] = {
    "euler": Method(a=(), weights=(1.0,), over=1.0, c=(0.0,), order=1),
    # Vensim's RK2 is the midpoint rule, Stella's is Heun's
    "rk2": Method(a=((0.5,),), weights=(0.0, 1.0), over=1.0, c=(0.0, 0.5), order=2),
    "heun": Method(a=((1.0,),), weights=(1.0, 1.0), over=2.0, c=(0.0, 1.0), order=2),
    "rk4": Method(
        a=((0.5,), (0.0, 0.5), (0.0, 0.0, 1.0)),
        weights=(1.0, 2.0, 2.0, 1.0),
        over=6.0,
        c=(0.0, 0.5, 0.5, 1.0),
        order=4,
    ),
}
