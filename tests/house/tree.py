"""The repository as the house rules see it: its folders, its Python files, its texts."""

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "putar"
TEXT_SUFFIXES = {
    ".py",
    ".toml",
    ".md",
    ".putar",
    ".csv",
    ".js",
    ".css",
    ".html",
    ".c",
    ".cfg",
    ".yml",
    ".po",
    "",
}


@cache
def files() -> tuple[Path, ...]:
    """All files that are or could be committed, in order; what .gitignore names is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for line in sorted(set(listed.stdout.splitlines())) if (path := ROOT / line).is_file())


def python_files(*folders: str) -> tuple[Path, ...]:
    """The Python files below the named folders of the repository."""
    tops = [ROOT / folder for folder in folders]
    return tuple(f for f in files() if f.suffix == ".py" and any(f.is_relative_to(top) for top in tops))


def texts() -> tuple[Path, ...]:
    """All files that people write by hand and read."""
    return tuple(f for f in files() if f.suffix in TEXT_SUFFIXES)


def name(path: Path) -> str:
    """The path as a failing test should show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
