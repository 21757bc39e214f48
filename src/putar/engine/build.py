"""The one way from a Program to a kernel: choose, simplify, compile, or take from the cache.

`auto` is machine code where llvmlite is installed and NumPy elsewhere; the kernel's `note` says what was
chosen and why. The key of a compiled object is all that its bytes depend on: the shape of the program with
the wanted outputs, the lanes, the CPU and its features, llvmlite's version and the engine's own source.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from putar.engine.ir import Program, verify
from putar.engine.kernel import Kernel, output_nodes
from putar.engine.numpy_kernel import NumpyKernel
from putar.engine.reference import ReferenceKernel
from putar.engine.simplify import simplify
from putar.errors import RunError

__all__ = ["KERNELS", "compile", "llvm_is_missing"]

KERNELS: Final = ("auto", "llvm", "numpy", "reference")


def compile(
    program: Program, outputs: Sequence[str], kernel: str = "auto", *, members: int | None = None
) -> Kernel:
    """Return a kernel that runs a program and saves the named outputs, in their order.

    Parameters
    ----------
    kernel : one of KERNELS
    members : how many members it will mostly run; up to four run a third faster in narrow vectors. Any
        number may be run, with the same bits

    Raises
    ------
    UsageError
        If an output is not the program's.
    RunError
        If the kernel is unknown, or is "llvm" and llvmlite is missing.
    """
    output_nodes(program, outputs)
    if kernel not in KERNELS:
        raise RunError(f"there is no kernel '{kernel}'", f"choose one of {', '.join(KERNELS)}")
    if kernel == "reference":
        verify(program)
        return ReferenceKernel(program, outputs)
    missing = llvm_is_missing() if kernel != "numpy" else ""
    if kernel == "llvm" and missing:
        raise RunError(missing, "install llvmlite, or choose the numpy kernel")
    if kernel == "numpy" or missing:
        made = NumpyKernel(simplify(program), outputs)
        if missing:
            made.note = f"{missing}: NumPy runs the same program, slower"
        return made
    return _machine_code(program, outputs, members)


@cache
def llvm_is_missing() -> str:
    """Return why machine code cannot be made here, or an empty text."""
    try:
        import llvmlite.binding  # noqa: F401
    except (ImportError, OSError) as error:
        return f"llvmlite cannot be used ({error})"
    return ""


def _machine_code(program: Program, outputs: Sequence[str], members: int | None) -> Kernel:
    # imported here, because this module must work where llvmlite is missing
    from putar.engine import cache as objects
    from putar.engine.llvm.jit import host
    from putar.engine.llvm_kernel import LlvmKernel, Native, compile_native, level_for

    machine = host()
    few = members is not None and members <= 4
    lanes, level = min(machine.lanes, 4) if few else machine.lanes, level_for(program, few=few)
    parts = [program.shape(output_nodes(program, outputs)), machine.cpu, machine.features, machine.version]
    parts += [str(lanes), str(level)]
    place, key = objects.folder(), objects.key_of(parts)
    entry = objects.read(place, key)
    if entry is not None:
        return LlvmKernel(program, outputs, Native.unpacked(entry))
    native = compile_native(simplify(program), outputs, lanes=lanes, level=level)
    objects.write(place, key, native.packed())
    return LlvmKernel(program, outputs, native)
