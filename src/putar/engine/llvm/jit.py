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

__all__ = ["Host", "Machine", "compile_text", "host"]

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

    The text is straight-line code without repeated work, so that a few passes do what the usual pipeline
    does, in a tenth of its time: inlining where asked for, registers for variables, and peepholes.

    Parameters
    ----------
    level : of the code generator's optimisation, 0 to 3; 0 also leaves out the passes
    """
    with _LOCK:
        target = _target_machine(machine, level)
        module = llvm.parse_assembly(text)
        module.triple = target.triple
        module.data_layout = str(target.target_data)
        passes = llvm.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        if level > 0:
            passes.add_sroa_pass()
            passes.add_instruction_combine_pass()
            passes.add_simplify_cfg_pass()
            passes.add_dead_code_elimination_pass()
        passes.run(module, llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(level)))
        code: bytes = target.emit_object(module)
        return code


@cache
def _linker() -> Any:
    return llvm.create_lljit_compiler(_target_machine(host(), 2))


def _linked(code: bytes, symbol: str, *, alone: bool) -> Any:
    builder = llvm.JITLibraryBuilder().add_object_img(code).export_symbol(symbol)
    if not alone:
        builder = builder.add_current_process()
    return builder.link(_linker(), f"putar{next(_LIBRARY_NUMBER)}")


class Machine:
    """Object code, loaded; `address` is that of its one public function."""

    def __init__(self, code: bytes, symbol: str) -> None:
        with _LOCK:
            try:
                self._library = _linked(code, symbol, alone=True)
                self.alone = True  # calls nothing outside itself
            except RuntimeError:
                # the CPU has no fused multiply-add, or no rounding instruction: the platform's are called
                self._library = _linked(code, symbol, alone=False)
                self.alone = False
            self.address: int = self._library[symbol]

    def function(self, *arguments: Any) -> Any:
        """Return the public function with these argument types; calling it releases the GIL."""
        return ctypes.CFUNCTYPE(None, *arguments)(self.address)
