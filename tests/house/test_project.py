"""House rules for the project's own papers: packaging, dependencies, decisions, changes, the first page."""

import importlib.metadata
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.house import tree

DECISIONS = tree.ROOT / "docs" / "decisions"
NOTES = sorted(DECISIONS.glob("[0-9][0-9][0-9][0-9]-*.md"))
KINDS = {"new", "changed", "fixed", "removed"}


def dependency_names(lines: list[str]) -> list[str]:
    """The names in a list of requirements."""
    return [re.split(r"[\s;<>=!~\[]", line, maxsplit=1)[0] for line in lines]


def test_version_is_said_once() -> None:
    """The installed package has the version of pyproject.toml, and the package repeats it if it says one."""
    import putar

    version = tree.project()["project"]["version"]

    assert importlib.metadata.version("putar") == version
    assert getattr(putar, "__version__", version) == version


def test_licence_is_there() -> None:
    """The whole Apache licence is in the repository."""
    text = (tree.ROOT / "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_each_dependency_has_a_reason() -> None:
    """The packages of pyproject.toml, and no others, have a line in the decision note about dependencies."""
    wanted = set(dependency_names(tree.project()["project"]["dependencies"]))
    for extra in tree.project()["project"]["optional-dependencies"].values():
        wanted |= set(dependency_names(extra))

    note = (DECISIONS / "0001-dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([\w.-]+)` \|", note, re.MULTILINE))

    assert explained == wanted


def test_each_base_dependency_is_used() -> None:
    """No package is installed for everybody that no module imports."""
    imported = {
        match
        for path in tree.python_files("src")
        for match in re.findall(
            r"^\s*(?:import|from)\s+(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }

    assert set(dependency_names(tree.project()["project"]["dependencies"])) - imported == set()


def test_each_ignored_lint_rule_has_a_reason() -> None:
    """Beside every rule that ruff ignores stands why."""
    text = (tree.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    general = text[text.index("\nignore = [") :].split("\n]")[0]
    for_files = text[text.index("per-file-ignores]") :].split("\n[tool")[0]
    rules = [line for line in (general + for_files).splitlines() if re.search(r'"[A-Z]+\d+"', line)]

    assert rules
    assert [line for line in rules if not re.search(r"# \S+", line)] == []


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_decision_follows_the_template(note: Path) -> None:
    """A decision note has the template's headings, in order."""
    heading = re.compile(r"^## (.+)$", re.MULTILINE)
    template = heading.findall(NOTES[0].read_text(encoding="utf-8"))

    assert heading.findall(note.read_text(encoding="utf-8")) == template


def test_decisions_are_numbered_without_gaps() -> None:
    """Numbers run from 0000 on, each once."""
    assert [int(note.name[:4]) for note in NOTES] == list(range(len(NOTES)))


def test_changes_follow_their_convention() -> None:
    """A fragment is named <word>.<kind>.md and is one paragraph."""
    wrong = []
    for file in (tree.ROOT / "changes").iterdir():
        parts = file.name.split(".")
        if file.name != "README.md" and (len(parts) != 3 or parts[1] not in KINDS or parts[2] != "md"):
            wrong.append(file.name)
        elif file.name != "README.md" and "\n\n" in file.read_text(encoding="utf-8").strip():
            wrong.append(f"{file.name}: more than one paragraph")

    assert wrong == []


def test_heavy_libraries_wait_until_they_are_needed() -> None:
    """Asking for help loads none of the libraries that take long to load."""
    heavy = "numpy scipy pandas xarray llvmlite rich.console"
    script = f"""
        import sys
        import putar.cli
        print(*[name for name in "{heavy}".split() if name in sys.modules])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []


def test_readme_code_runs() -> None:
    """The Python on the first page runs as it stands."""
    page = (tree.ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)

    assert blocks
    for block in blocks:
        done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_commands_on_pages_exist() -> None:
    """Every `putar <command>` and `make <target>` shown on a page is one that exists."""
    from putar.cli import main

    targets = set(
        re.findall(r"^([a-z]+):", (tree.ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    unknown = []
    for page in (path for path in tree.texts() if path.suffix == ".md"):
        text = page.read_text(encoding="utf-8")
        shown = re.findall(r"(?:`|\$ |/|^    )(putar|make) ([a-z]+)\b", text, re.MULTILINE)
        for program, word in shown:
            if word not in (main.commands if program == "putar" else targets):
                unknown.append(f"{tree.name(page)}: {program} {word}")

    assert unknown == []
