"""House rules for Python files: short, explained, named after what they hold, one way in.

A rule is a function from a syntax tree to the lines that break it, with a sample that does. Every rule is
tried on its own sample, so that a rule which stopped seeing anything fails.
"""

import ast
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house import tree

WALL = 500
HOMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "base",
    "misc",
    "tools",
    "stuff",
    "shared",
}
EVERYWHERE = tree.python_files("src", "tests", "bench", "docs")
SOURCES = tree.python_files("src")
PACKAGES = [path for path in SOURCES if path.name == "__init__.py"]
PRINTERS = {"src/putar/cli.py"}

Breaks = Iterator[tuple[int, str]]


def undocumented(module: ast.Module) -> Breaks:
    """Public classes, functions and methods without a docstring; properties and overloads count as well."""

    def look(body: list[ast.stmt]) -> Breaks:
        for node in body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            overload = any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)
            if node.name.startswith("_") or overload:
                continue
            if ast.get_docstring(node) is None:
                yield node.lineno, f"{node.name} has no docstring"
            if isinstance(node, ast.ClassDef):
                yield from look(node.body)

    yield from look(module.body)


def no_module_docstring(module: ast.Module) -> Breaks:
    """Modules that do not say what is in them."""
    if ast.get_docstring(module) is None:
        yield 1, "the module has no docstring"


def relative_import(module: ast.Module) -> Breaks:
    """Imports that depend on where the file lies."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "relative import"


def star_import(module: ast.Module) -> Breaks:
    """Imports that do not say what they bring."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield node.lineno, "star import"


def calls(*names: str) -> Callable[[ast.Module], Breaks]:
    """Calls of built-in functions that do not belong in a library."""

    def rule(module: ast.Module) -> Breaks:
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node.lineno, f"{node.func.id}()"

    return rule


def bare_except(module: ast.Module) -> Breaks:
    """Handlers that swallow everything."""
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node.lineno, "bare except"


def global_random(module: ast.Module) -> Breaks:
    """Draws from numpy's global generator: the same call twice gives two answers."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            inner = node.value
            numpy = isinstance(inner.value, ast.Name) and inner.value.id in {"np", "numpy"}
            legacy = node.attr not in {
                "Generator",
                "default_rng",
                "SeedSequence",
                "Philox",
                "PCG64",
                "BitGenerator",
            }
            if numpy and inner.attr == "random" and legacy:
                yield node.lineno, f"np.random.{node.attr}"


# rule, files it holds for, a sample that breaks it
RULES: dict[str, tuple[Callable[[ast.Module], Breaks], tuple[Path, ...], str]] = {
    "docstrings": (undocumented, SOURCES, "class A:\n    '''Is.'''\n    def f(self): pass\n"),
    "module docstring": (no_module_docstring, EVERYWHERE, "x = 1\n"),
    "absolute imports": (relative_import, EVERYWHERE, "from . import x\n"),
    "named imports": (star_import, EVERYWHERE, "from math import *\n"),
    "no evaluated text": (calls("eval", "exec"), EVERYWHERE, "def f(): return eval('1')\n"),
    "no print": (
        calls("print"),
        tuple(path for path in SOURCES if tree.name(path) not in PRINTERS),
        "print('x')\n",
    ),
    "named exceptions": (bare_except, EVERYWHERE, "try:\n    pass\nexcept:\n    pass\n"),
    "explicit randomness": (global_random, EVERYWHERE, "np.random.seed(1)\n"),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds(rule: str) -> None:
    """No file breaks the rule."""
    find, paths, _ = RULES[rule]

    broken = [f"{tree.name(path)}:{line}: {what}" for path in paths for line, what in find(tree.parsed(path))]

    assert paths
    assert broken == []


@pytest.mark.parametrize("rule", RULES)
def test_rule_sees_what_breaks_it(rule: str) -> None:
    """The rule's own sample is found."""
    find, _, sample = RULES[rule]

    assert list(find(ast.parse(sample)))


def test_modules_are_short() -> None:
    """No Python file is longer than the wall."""
    lengths = {tree.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in EVERYWHERE}

    assert {file: length for file, length in lengths.items() if length > WALL} == {}


def test_modules_have_a_home() -> None:
    """No module is named after having no owner."""
    homeless = [path for path in SOURCES if {path.stem, *path.relative_to(tree.SOURCE).parts} & HOMELESS]

    assert [tree.name(path) for path in homeless] == []


@pytest.mark.parametrize("path", PACKAGES, ids=tree.name)
def test_package_only_hands_on(path: Path) -> None:
    """An __init__ holds its docstring, imports, __all__, and at most a version and a lazy __getattr__."""
    allowed = {"__all__", "__version__", "__getattr__", "__dir__"}
    extra = []
    for node in tree.parsed(path).body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.If | ast.Try) or _is_docstring(node):
            continue
        if not {*_bound(node)} <= allowed and not all(n.startswith("_") for n in _bound(node)):
            extra.append(node.lineno)

    assert extra == []


@pytest.mark.parametrize("path", PACKAGES, ids=tree.name)
def test_exported_names_are_exact(path: Path) -> None:
    """__all__ lists what the package hands on: nothing missing, nothing that is not there."""
    room = ".".join(path.parent.relative_to(tree.SOURCE.parent).parts)
    package = importlib.import_module(room)
    listed = list(getattr(package, "__all__", ()))
    handed_on = {
        alias.asname or alias.name
        for node in tree.parsed(path).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("putar")
        for alias in node.names
    }

    assert len(listed) == len(set(listed))
    assert [name for name in listed if not hasattr(package, name)] == []
    assert {name for name in handed_on if not name.startswith("_")} <= set(listed)


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return ["?"]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
