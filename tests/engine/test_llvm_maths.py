"""The elementary functions of the machine-code kernel: how near, and the same bits for any lanes."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from putar.engine.llvm import circular, coefficients, maths
from putar.engine.llvm.jit import Host, Machine, compile_text, host
from putar.engine.llvm.text import Code, Target
from putar.engine.operations import MEANING, Op

Array = NDArray[np.float64]
POINTS = 40_000
RANDOM = np.random.default_rng(20)
# Long doubles have 64 bits or more of mantissa on most platforms; where not, NumPy's own error adds to ours.
LONG = np.longdouble
LIMIT = 1.2 if np.finfo(LONG).nmant > 60 else 2.5

EMIT = {
    Op.EXP: maths.exp,
    Op.LOG: maths.log,
    Op.POW: maths.power,
    Op.MOD: maths.mod,
    Op.SIN: circular.sin,
    Op.COS: circular.cos,
    Op.TAN: circular.tan,
    Op.ASIN: circular.arcsin,
    Op.ACOS: circular.arccos,
    Op.ATAN: circular.arctan,
}


@cache
def compiled(op: Op, lanes: int, machine: Host | None = None) -> Callable[..., Array]:
    """Return a function on arrays made of the emitted code alone."""
    machine = machine or host()
    code = Code(Target(lanes, machine.avx512))
    count = 2 if op in (Op.POW, Op.MOD) else 1
    size = 8 * lanes
    d = code.double
    with code.loop("%count") as i:
        offset = code.emit(f"mul i64 {i}, {size}")
        arguments = []
        for number in range(count):
            place = code.emit(f"getelementptr i8, ptr %x{number}, i64 {offset}")
            arguments.append(code.emit(f"load {d}, ptr {place}, align 8"))
        result = EMIT[op](code, *arguments)
        place = code.emit(f"getelementptr i8, ptr %out, i64 {offset}")
        code.do(f"store {d} {result}, ptr {place}, align 8")
    code.do("ret void")
    scalars = [maths.SCALAR_REMAINDER, circular.SCALAR_REDUCTION]
    width = f'"min-legal-vector-width"="{min(64 * lanes, 512)}"'
    head = f"define void @apply(ptr %x0, ptr %x1, ptr %out, i64 %count) nounwind {width} {{"
    text = "\n".join([*scalars, *code.declared.values(), head, "entry:", *code.lines, "}"])
    loaded = Machine(compile_text(text, machine), "apply")
    function = loaded.function(*[ctypes.c_void_p] * 3, ctypes.c_int64)

    def apply(*arrays: Array) -> Array:
        length = len(arrays[0])
        padded = [np.concatenate([a, np.ones(-length % lanes)]) for a in arrays]
        out = np.empty_like(padded[0])
        function(padded[0].ctypes.data, padded[-1].ctypes.data, out.ctypes.data, len(out) // lanes)
        return out[:length]

    apply.loaded = loaded  # type: ignore[attr-defined]
    return apply


def uniform(low: float, high: float) -> Array:
    return RANDOM.uniform(low, high, POINTS)


GRIDS = [
    (Op.EXP, np.exp, (uniform(-708, 709),)),
    (Op.EXP, np.exp, (uniform(-1, 1),)),
    (Op.LOG, np.log, (np.exp(uniform(-700, 700)),)),
    (Op.LOG, np.log, (uniform(0.5, 2),)),
    (Op.LOG, np.log, (uniform(0.999, 1.001),)),
    (Op.POW, np.power, (np.exp(uniform(-5, 5)), uniform(-20, 20))),
    (Op.POW, np.power, (uniform(0.9, 1.1), uniform(-1000, 1000))),
    (Op.POW, np.power, (np.exp(uniform(-300, 300)), uniform(-2, 2))),
    (Op.SIN, np.sin, (uniform(-10, 10),)),
    (Op.SIN, np.sin, (uniform(-1e5, 1e5),)),
    (Op.SIN, np.sin, (uniform(-1e9, 1e9),)),
    (Op.COS, np.cos, (uniform(-10, 10),)),
    (Op.COS, np.cos, (uniform(-1e5, 1e5),)),
    (Op.TAN, np.tan, (uniform(-10, 10),)),
    (Op.TAN, np.tan, (uniform(-1e5, 1e5),)),
    (Op.ASIN, np.arcsin, (uniform(-1, 1),)),
    (Op.ACOS, np.arccos, (uniform(-1, 1),)),
    (Op.ATAN, np.arctan, (uniform(-10, 10),)),
    (Op.ATAN, np.arctan, (np.exp(uniform(-30, 30)),)),
]


@pytest.mark.parametrize(
    ("op", "exact", "arguments"), GRIDS, ids=[f"{row[0]}-{i}" for i, row in enumerate(GRIDS)]
)
def test_error_is_about_one_unit_in_the_last_place(
    op: Op, exact: Callable[..., NDArray[np.longdouble]], arguments: tuple[Array, ...]
) -> None:
    """On dense grids no result is much further off than the next double, and lanes change no bit."""
    expected = exact(*[a.astype(LONG) for a in arguments])
    rounded = expected.astype(np.float64)
    found = compiled(op, host().lanes)(*arguments)
    error = np.abs(found.astype(LONG) - expected) / np.spacing(np.abs(rounded))

    assert float(error[np.isfinite(rounded)].max()) < LIMIT
    for lanes in (1, 2, 4):
        np.testing.assert_array_equal(compiled(op, lanes)(*arguments), found)


@pytest.mark.parametrize("lanes", [1, 8])
def test_whole_powers_are_exact(lanes: int) -> None:
    """A power that is a double comes out as that double."""
    whole = [(float(a), float(b)) for a in range(-40, 41) for b in range(9)]
    found = compiled(Op.POW, lanes)(*np.array(whole).T)
    assert found.tolist() == [float(int(a) ** int(b)) for a, b in whole]

    powers = np.arange(-1074.0, 1024.0)
    found = compiled(Op.POW, lanes)(np.full(len(powers), 2.0), powers)
    assert found.tolist() == [math.ldexp(1.0, int(p)) for p in powers]


@pytest.mark.parametrize("lanes", [1, 8])
def test_remainders_are_exact(lanes: int) -> None:
    """The floored remainder is that of Python, for quotients of any size."""
    a = RANDOM.standard_normal(POINTS) * np.exp(uniform(-300, 300))
    b = RANDOM.standard_normal(POINTS) * np.exp(uniform(-300, 300))
    a[: POINTS // 2] = RANDOM.integers(-1000, 1000, POINTS // 2) / 10
    b[: POINTS // 2] = RANDOM.integers(1, 100, POINTS // 2) / 10
    found = compiled(Op.MOD, lanes)(a, b)

    assert found.tolist() == [x % y for x, y in zip(a.tolist(), b.tolist(), strict=True)]


def test_hardest_argument_of_the_circular_functions() -> None:
    """The double nearest to a multiple of pi/2 (Muller et al., Handbook, section 10.2) loses no digit."""
    x = np.array([6381956970095103.0 * 2.0**797, 1e22, 2.0**30, math.pi, 1.7e308])
    cosine = compiled(Op.COS, host().lanes)(x)
    sine = compiled(Op.SIN, host().lanes)(x)

    assert cosine[0] == pytest.approx(-4.68716592425462761112e-19, rel=2e-16)
    assert sine[1] == -0.8522008497671888
    np.testing.assert_allclose(sine[2:], [MEANING[Op.SIN](v) for v in x[2:].tolist()], rtol=2e-16)
    np.testing.assert_allclose(cosine[2:], [MEANING[Op.COS](v) for v in x[2:].tolist()], rtol=2e-16)


@pytest.mark.parametrize("op", [Op.SIN, Op.COS, Op.TAN])
def test_large_arguments_are_reduced(op: Op) -> None:
    """Across the seam of both reductions, and up to the largest doubles."""
    x = np.concatenate([np.exp(uniform(18, 24)), np.exp(uniform(24, 709))])[::8]
    found = compiled(op, host().lanes)(np.ascontiguousarray(x))
    expected = np.array([MEANING[op](v) for v in x.tolist()])

    np.testing.assert_allclose(found, expected, rtol=5e-16)


def other_cpus() -> list[Host]:
    """Return CPUs whose code runs here: without AVX-512, and without fused multiply-adds."""
    here = host()
    if "+fma" not in here.features.split(","):
        return [here]
    return [Host("x86-64-v3", "+fma,+avx2", here.version), Host("x86-64", "", here.version)]


@pytest.mark.parametrize("machine", other_cpus(), ids=lambda machine: machine.cpu)
def test_other_cpus_give_the_same_bits(machine: Host) -> None:
    """Code for a CPU with fewer instructions, and for lanes wider than its registers, answers alike."""
    x, y = np.exp(uniform(-5, 5))[::16], uniform(-20, 20)[::16]
    for op in EMIT:
        arguments = (x, y) if op in (Op.POW, Op.MOD) else (y,)
        arguments = tuple(np.ascontiguousarray(a) for a in arguments)
        expected = compiled(op, host().lanes)(*arguments)
        for lanes in (2, 8):
            np.testing.assert_array_equal(compiled(op, lanes, machine)(*arguments), expected)


def test_code_calls_nothing_outside_itself() -> None:
    """With fused multiply-adds on the CPU, neither libm nor a vector library is linked."""
    fuses = "+fma" in host().features.split(",") or host().cpu.startswith(("apple", "neoverse"))
    for op in EMIT:
        assert compiled(op, host().lanes).loaded.alone or not fuses, op  # type: ignore[attr-defined]


def relative(name: str, polynomial: Sequence[float], weight: Callable[[float], float], x: Fraction) -> float:
    """Return the error of a polynomial at x, times a weight, by the function's series."""
    series = {
        "EXP": lambda k: Fraction(1, math.factorial(k + 2)),
        "LOG": lambda k: Fraction(2, 2 * k + 3),
        "LOG_TAIL": lambda k: Fraction(2, 2 * k + 5),
        "SIN": lambda k: Fraction((-1) ** (k + 1), math.factorial(2 * k + 3)),
        "COS": lambda k: Fraction((-1) ** k, math.factorial(2 * k + 4)),
        "ASIN": lambda k: Fraction(math.comb(2 * k + 2, k + 1), 4 ** (k + 1) * (2 * k + 3)),
        "ATAN": lambda k: Fraction((-1) ** (k + 1), 2 * k + 3),
    }[name]
    exact = sum(series(k) * x**k for k in range(60))
    found = sum(Fraction(c) * x**k for k, c in enumerate(polynomial))
    return abs(float(found - exact)) * weight(float(x))


@pytest.mark.parametrize(
    ("name", "low", "high", "weight", "power"),
    [
        ("EXP", -0.34659, 0.34659, lambda r: r * r, -60),
        ("LOG", 0.0, 0.029438, lambda z: z / 2, -57),
        ("LOG_TAIL", 0.0, 0.029438, lambda z: z * z / 2, -66),
        ("SIN", 0.0, 0.6169, lambda z: z, -56),
        ("COS", 0.0, 0.6169, lambda z: z * z, -59),
        ("ASIN", 0.0, 0.25, lambda z: z, -57),
        ("ATAN", 0.0, 0.17158, lambda z: z, -58),
    ],
)
def test_coefficients_are_those_of_the_functions(
    name: str, low: float, high: float, weight: Callable[[float], float], power: int
) -> None:
    """Each polynomial misses its function by no more than its comment says."""
    grid = [Fraction(low + (high - low) * i / 40).limit_denominator(10**6) for i in range(41)]
    assert max(relative(name, getattr(coefficients, name), weight, x) for x in grid) < 2.0**power
