"""House rules for texts: nothing of one machine, nothing unfinished, links that lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.house import tree

HERE = Path(__file__).resolve()

# what must not stand in any text, and a line that has it
BANNED = {
    "a folder of one machine": (
        r"(?<![\w.])/(work|root|home/(?!me/)\w+|Users/(?!me/)\w+)/",
        "see /work/main/x",
    ),
    "a scratch folder": (r"(?<![\w.])/tmp/[a-z]", "open('/tmp/plan')"),
    "a file outside the repository": (
        r"\.\./shared|\bshared/(facts|flywheels|prototypes|design|seeds)",
        "../shared",
    ),
    "how the work was shared out": (
        r"INTERFACES\.md|(?i:\b(sub-?agent|this session|previous session)\b)",
        "sub-agent",
    ),
    "an unfinished thought": (r"\b(TODO|FIXME|XXX|HACK)\b", "# TODO"),
    "a left-over of a merge": (r"^(<{7}|>{7}) ", "<<<<<<< ours"),
}


@pytest.mark.parametrize("what", BANNED)
def test_no_text_has(what: str) -> None:
    """No file of the repository has it."""
    pattern = re.compile(BANNED[what][0], re.MULTILINE)
    found = [
        f"{tree.name(path)}: {match.group()}"
        for path in tree.texts()
        if path != HERE
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("what", BANNED)
def test_search_sees(what: str) -> None:
    """Each search finds its own sample."""
    pattern, sample = BANNED[what]

    assert re.search(pattern, sample, re.MULTILINE)


def test_links_between_pages_lead_somewhere() -> None:
    """A relative link or picture in a Markdown page names a file that exists."""
    broken = []
    for page in (path for path in tree.texts() if path.suffix == ".md"):
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            file = target.split("#")[0]
            if not re.match(r"[a-z]+:", target) and file and not (page.parent / file).exists():
                broken.append(f"{tree.name(page)}: {target}")

    assert broken == []


def test_pages_named_in_code_exist() -> None:
    """A page of docs/ that a Python file mentions is there."""
    broken = [
        f"{tree.name(path)}: {page}"
        for path in tree.python_files("src", "tests", "bench", "docs")
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text(encoding="utf-8"))
        if not (tree.ROOT / page).exists()
    ]

    assert broken == []


def test_texts_are_plain() -> None:
    """Texts are UTF-8 with Unix line ends and end with one."""
    wrong = []
    for path in tree.texts():
        raw = path.read_bytes()
        raw.decode("utf-8")
        if b"\r" in raw or (raw and not raw.endswith(b"\n")):
            wrong.append(tree.name(path))

    assert wrong == []
