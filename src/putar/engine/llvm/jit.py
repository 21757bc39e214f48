"""From LLVM IR to callable machine code: llvmlite is imported here and nowhere else.

The object bytes are what the cache keeps; loading them needs no compiler passes. Code is linked by ORC's
LLJIT into a library of its own, which lives as long as the Machine that holds it.

Source: llvmlite's manual, https://llvmlite.readthedocs.io (binding layer, JITLibraryBuilder).
"""

from __future__ import annotations

import ctypes
import itertools
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import llvmlite
import llvmlite.binding as llvm

__all__ = ["Host", "Machine", "compile_text", "host", "undefined_symbols"]

_LIBRARY_NUMBER = itertools.count()
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Host:
    """The machine code is made for: what the cache's key and the choice of lanes depend on."""

    cpu: str
    features: str
    version: str  # of llvmlite and its LLVM

    @property
    def lanes(self) -> int:
        """Members a vector register holds: 8 with AVX-512, 4 with AVX, else 2."""
        if self.avx512:
            return 8
        return 4 if "+avx" in self.features.split(",") else 2

    @property
    def avx512(self) -> bool:
        """Whether AVX-512 F, DQ and VL are there."""
        return {"+avx512f", "+avx512dq", "+avx512vl"} <= set(self.features.split(","))


@cache
def host() -> Host:
    """Return this machine, as LLVM sees it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    version = f"{llvmlite.__version__} {'.'.join(map(str, llvm.llvm_version_info))}"
    return Host(llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(), version)


@cache
def _target_machine(machine: Host, level: int) -> Any:
    host()  # starts LLVM
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=machine.cpu, features=machine.features, opt=level, reloc="pic", codemodel="default", jit=True
    )


def compile_text(text: str, machine: Host, level: int = 2) -> bytes:
    """Return the object code of a module's text.

    Parameters
    ----------
    level : of optimisation, 0 to 3
    """
    with _LOCK:
        target = _target_machine(machine, level)
        module = llvm.parse_assembly(text)
        module.triple = target.triple
        module.data_layout = str(target.target_data)
        if level > 0:
            tuning = llvm.create_pipeline_tuning_options(speed_level=level)
            tuning.loop_vectorization = False
            tuning.slp_vectorization = False
            builder = llvm.create_pass_builder(target, tuning)
            builder.getModulePassManager().run(module, builder)
        code: bytes = target.emit_object(module)
        return code


@cache
def _linker() -> Any:
    return llvm.create_lljit_compiler(_target_machine(host(), 2))


class Machine:
    """Object code, loaded; `address` is that of its one public function."""

    def __init__(self, code: bytes, symbol: str) -> None:
        with _LOCK:
            builder = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
            name = f"putar{next(_LIBRARY_NUMBER)}"
            self._library = builder.export_symbol(symbol).link(_linker(), name)
            self.address: int = self._library[symbol]

    def function(self, *arguments: Any) -> Any:
        """Return the public function with these argument types; calling it releases the GIL."""
        return ctypes.CFUNCTYPE(None, *arguments)(self.address)


def undefined_symbols(code: bytes) -> list[str]:
    """Return the names that object code expects from outside."""
    found = llvm.ObjectFileRef.from_data(code)
    return [section.name() for section in found.sections()]
