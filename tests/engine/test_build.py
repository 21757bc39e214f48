"""Choosing a kernel, and the folder of compiled objects: shared, damaged, read-only, full."""

from __future__ import annotations

import builtins
import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from putar.engine import build, cache, llvm_kernel
from putar.engine.ir import Program
from putar.errors import RunError
from tests.engine.programs import chain

OUTPUTS = ["s1", "s2", "out2"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own."""
    monkeypatch.setenv("PUTAR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A list that grows with every compilation."""
    done: list[str] = []
    real = llvm_kernel.compile_native

    def counted(program: Program, outputs: list[str], lanes: int, level: int) -> llvm_kernel.Native:
        done.append(f"{program.digest} {level}")
        return real(program, outputs, lanes=lanes, level=level)

    monkeypatch.setattr(llvm_kernel, "compile_native", counted)
    return done  # type: ignore[return-value]


def result(made: Program, kernel: str = "llvm", outputs: list[str] | None = None) -> list[float]:
    runner = build.compile(made, outputs or OUTPUTS, kernel)
    parameters = np.array([[4.0, 4.5], [20.0, 21.0]])
    return runner.advance(parameters, runner.initialise(parameters), 0, made.steps)[-1].ravel().tolist()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.object"))


def test_second_compile_comes_from_the_cache(folder: Path, compilations: list[str]) -> None:
    """One shape, one entry: other values and another span of time use it too."""
    first = result(chain(2, steps=16))
    assert result(chain(2, steps=16)) == first
    result(chain(2, steps=24))

    assert len(compilations) == len(entries(folder)) == 1


def test_what_changes_the_code_changes_the_key(folder: Path, compilations: list[str]) -> None:
    """Other outputs, another order of them, or another equation are other entries."""
    result(chain(2, steps=16))
    result(chain(2, steps=16), outputs=["s2", "s1"])
    result(chain(3, steps=16))

    assert len(compilations) == len(entries(folder)) == 3


def test_large_program_for_few_members_is_compiled_quickly(
    folder: Path, compilations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is another entry than the one for many, of the same bits."""
    monkeypatch.setattr(llvm_kernel, "_LARGE_FOR_FEW", 10)
    made = chain(2, steps=16)
    parameters = np.array([[4.0], [20.0]])
    kernels = [build.compile(made, OUTPUTS, members=members) for members in (1, 1000)]
    rows = [k.advance(parameters, k.initialise(parameters), 0, made.steps) for k in kernels]

    np.testing.assert_array_equal(*rows)
    assert [each.rpartition(" ")[2] for each in compilations] == ["0", "2"]
    assert len(entries(folder)) == 2


@pytest.mark.parametrize("damage", [b"", b"putar object 1\n", b"not ours at all" * 100, None])
def test_damaged_entry_is_made_anew(folder: Path, compilations: list[str], damage: bytes | None) -> None:
    """An empty, cut, foreign or bit-flipped file reads as absent and is replaced."""
    expected = result(chain(2, steps=16))
    (entry,) = entries(folder)
    content = bytearray(entry.read_bytes())
    content[len(content) // 2] ^= 1
    entry.write_bytes(bytes(content) if damage is None else damage)

    assert result(chain(2, steps=16)) == expected
    assert result(chain(2, steps=16)) == expected
    assert len(compilations) == 2


def test_folder_that_cannot_be_made_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compilations: list[str]
) -> None:
    """A file where the folder should be stands for a read-only place."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PUTAR_CACHE", str(tmp_path / "file" / "cache"))

    assert result(chain(2, steps=16)) == result(chain(2, steps=16))
    assert len(compilations) == 2


def test_full_disk_leaves_no_litter(
    folder: Path, monkeypatch: pytest.MonkeyPatch, compilations: list[str]
) -> None:
    """When an entry cannot be moved into place, the run goes on and the part is removed."""

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        expected = result(chain(2, steps=16))

    assert list(folder.iterdir()) == []
    assert result(chain(2, steps=16)) == expected
    assert len(compilations) == 2


def in_process(n: int) -> list[float]:
    return result(chain(2, steps=16 + 8 * (n % 2)))


def test_parallel_processes_share_the_folder(folder: Path) -> None:
    """Processes that compile the same program at once all get right answers and leave whole entries."""
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        results = pool.map(in_process, range(6))

    assert results == [in_process(n) for n in range(6)]
    assert [path.suffix for path in folder.iterdir()] == [".object"]


def test_oldest_entries_are_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder does not grow for ever; what was used last stays."""
    monkeypatch.setattr(cache, "ENTRIES", 2)
    for age, key in enumerate(["a", "b", "c"]):
        assert cache.write(folder, key, b"code")
        os.utime(folder / f"{key}.object", (1000.0 + age, 1000.0 + age))
    cache.read(folder, "b")
    cache.write(folder, "d", b"code")

    assert [path.stem for path in entries(folder)] == ["b", "d"]
    assert cache.read(folder, "b") == b"code"
    assert cache.read(folder, "a") is None


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"PUTAR_CACHE": "/x/y", "HOME": "/home/me"}, "linux", "/x/y"),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/home/me"}, "linux", "/x/putar"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/me"}, "linux", "/home/me/.cache/putar"),
        ({"HOME": "/home/me"}, "linux", "/home/me/.cache/putar"),
        ({"HOME": "/Users/me"}, "darwin", "/Users/me/Library/Caches/putar"),
        ({"LOCALAPPDATA": "/L", "USERPROFILE": "/U"}, "win32", "/L/putar/Cache"),
        ({"USERPROFILE": "/U"}, "win32", "/U/AppData/Local/putar/Cache"),
    ],
)
def test_folder_follows_the_platform(environment: dict[str, str], platform: str, expected: str) -> None:
    """PUTAR_CACHE first, then the place that each platform has for caches."""
    assert cache.folder(environment, platform) == Path(expected)


def test_without_llvmlite_numpy_runs_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` falls back and notes it; `llvm` is refused with a way out."""
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("llvmlite"):
            raise ImportError("No module named 'llvmlite'")
        return real(name, *rest)  # type: ignore[arg-type]

    for name in [name for name in sys.modules if name.startswith("llvmlite")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    build.llvm_is_missing.cache_clear()
    try:
        kernel = build.compile(chain(2), OUTPUTS)
        with pytest.raises(RunError) as error:
            build.compile(chain(2), OUTPUTS, "llvm")
    finally:
        monkeypatch.undo()
        build.llvm_is_missing.cache_clear()

    assert kernel.name == "numpy"
    assert kernel.note == (
        "llvmlite cannot be used (No module named 'llvmlite'): NumPy runs the same program, slower"
    )
    assert str(error.value) == (
        "llvmlite cannot be used (No module named 'llvmlite')\n"
        "  fix: install llvmlite, or choose the numpy kernel"
    )


def test_unknown_kernel_is_refused() -> None:
    """The known ones are listed."""
    with pytest.raises(RunError) as error:
        build.compile(chain(1), ["s1"], "gpu")
    assert str(error.value) == "there is no kernel 'gpu'\n  fix: choose one of auto, llvm, numpy, reference"


def test_few_members_get_narrow_vectors_and_the_same_bits() -> None:
    """A hint of one member halves the lanes at most; the answer is the same."""
    made = chain(2, steps=16)
    parameters = np.array([[4.0], [20.0]])
    narrow, wide = build.compile(made, OUTPUTS, members=1), build.compile(made, OUTPUTS)
    rows = [k.advance(parameters, k.initialise(parameters), 0, made.steps) for k in (narrow, wide)]

    np.testing.assert_array_equal(*rows)
    assert narrow.note in ("machine code, 4 members a vector", "machine code, 2 members a vector")


def test_auto_is_machine_code_here() -> None:
    """Where llvmlite is installed it is used, and the note says with how many lanes."""
    kernel = build.compile(chain(1), ["s1"])
    assert kernel.name == "llvm"
    assert kernel.note.startswith("machine code, ")
