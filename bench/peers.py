"""The engines that putar is measured beside, each as the fastest way its own documentation offers.

Every function loads chain files once and returns `runs(stay, supply) -> stocks [saved time, room, member]`.
Neither pysimlin nor PySD runs several members in one call: their ensembles are loops over single runs, with
the constants set in between.
"""

import ctypes
import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import chain
from measure import BUILT

Array = NDArray[np.float64]
Runs = Callable[[Array, Array], Array]


def pysimlin(stem: Path, rooms: int) -> Runs:
    """One simulation object of pysimlin, set anew for every member; only the stocks are fetched."""
    import simlin

    model = simlin.load(stem.with_suffix(".xmile"))
    names = chain.stocks(rooms)

    def runs(stay: Array, supply: Array) -> Array:
        out = np.empty((chain.SAVED, rooms, len(stay)))
        with model.simulate() as simulation:
            for member, (a, b) in enumerate(zip(stay, supply, strict=True)):
                simulation.reset()
                simulation.set_value("stay", float(a))
                simulation.set_value("supply", float(b))
                simulation.run_to_end()
                for i, name in enumerate(names):
                    out[:, i, member] = simulation.get_series(name)
        return out

    return runs


def pysd(stem: Path, rooms: int) -> Runs:
    """PySD's translation of the Vensim text; its own frame of the stocks is the answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pysd

        model = pysd.read_vensim(stem.with_suffix(".mdl"))
    names = chain.stocks(rooms)

    def runs(stay: Array, supply: Array) -> Array:
        out = np.empty((chain.SAVED, rooms, len(stay)))
        for member, (a, b) in enumerate(zip(stay, supply, strict=True)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                frame = model.run(
                    params={"stay": float(a), "supply": float(b)}, return_columns=names, cache_output=False
                )
            out[:, :, member] = frame[names].to_numpy()
        return out

    return runs


def c_by_hand(threads: int) -> Callable[[int], Runs] | None:
    """The C of anchor.c, compiled here; None where no C compiler is found."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    BUILT.mkdir(exist_ok=True)
    source, made, library = Path(__file__).with_name("anchor.c"), BUILT / "anchor.o", BUILT / "anchor.so"
    fast = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fopenmp", "-fPIC"]
    subprocess.run([compiler, *fast, "-c", str(source), "-o", str(made)], check=True)
    # Linked without -ffast-math: with it, GCC before 13 turns off denormal numbers in whoever loads this.
    subprocess.run([compiler, "-shared", "-fopenmp", str(made), "-o", str(library), "-lm"], check=True)
    run = ctypes.CDLL(str(library)).chain
    array = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
    run.argtypes = [*[ctypes.c_int] * 5, ctypes.c_double, array, array, array]

    def of(rooms: int) -> Runs:
        def runs(stay: Array, supply: Array) -> Array:
            out = np.empty((chain.SAVED, rooms, len(stay)))
            every = chain.STEPS_A_MONTH
            supply = np.ascontiguousarray(supply)
            if run(rooms, len(stay), threads, chain.STEPS, every, 1 / every, stay, supply, out):
                raise ValueError(f"anchor.c has no room for {rooms} rooms")
            return out

        return runs

    return of
