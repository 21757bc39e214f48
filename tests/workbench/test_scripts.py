"""The page's own scripts: each can be read by itself, all fit together, and nothing in them is left over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from putar.workbench import page

STATIC = files("putar.workbench") / "static"
DECLARED = re.compile(r"^(?:export )?(?:const|let|var|class|(?:async )?function\*?) (\w+)", re.MULTILINE)
TAKEN_APART = re.compile(r"^(?:const|let) [\[{]([^=]+)[\]}] =", re.MULTILINE)
GROUPS = {"the page": page.SCRIPTS, "the engine room": page.ENGINE_ROOM}


def text_of(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def declared(text: str) -> Iterator[str]:
    """The names that a script declares for all parts."""
    yield from DECLARED.findall(text)
    for names in TAKEN_APART.findall(text):
        yield from re.findall(r"\w+", names)


def bare(text: str) -> str:
    """A script without comments and without the insides of plain texts."""
    text = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)
    return re.sub(r"\"(?:\\.|[^\"\\\n])*\"", '""', text)


@pytest.mark.parametrize("group", GROUPS)
def test_no_name_is_declared_by_two_parts(group: str) -> None:
    """The parts are one module: a name that two of them declare would stop the whole page."""
    times = Counter(name for part in GROUPS[group] for name in declared(text_of(part)))

    assert times
    assert [name for name, count in times.items() if count > 1] == []


@pytest.mark.parametrize("group", GROUPS)
def test_every_name_is_used(group: str) -> None:
    """What nobody calls is taken out."""
    everything = "\n".join(bare(text_of(part)) for part in GROUPS[group])
    asked = Counter(re.findall(r"[\w$]+", everything))
    entrances = {"serve", "listen"} if group == "the engine room" else set()
    names = {name for part in GROUPS[group] for name in declared(text_of(part))}

    assert [name for name in sorted(names - entrances) if asked[name] < 2] == []


def test_nothing_makes_code_of_a_text() -> None:
    """The policy forbids it; here it is not even tried."""
    pattern = r"\beval\(|new Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write|importScripts"
    found = [
        f"{part}: {match}"
        for part in (*page.ENGINE_ROOM, *page.SCRIPTS)
        for match in re.findall(pattern, bare(text_of(part)))
    ]

    assert found == []


READ = """(text) => {
  const Waiting = (async () => {}).constructor; // a module's parts may wait
  try { new Waiting(`'use strict';${text}`); } catch (error) { return error.message; }
}"""


@pytest.mark.browser
def test_every_part_can_be_read_by_itself(browser: Any) -> None:
    """A slip of the pen is named with its file, not with a line of the joined script."""
    tab = browser.new_page()
    wrong = {}
    for part in (*page.ENGINE_ROOM, *page.SCRIPTS):
        said = tab.evaluate(READ, text_of(part))
        if said:
            wrong[part] = said
    broken = tab.evaluate(READ, "const a = ;")
    tab.close()

    assert broken == "Unexpected token ';'"
    assert wrong == {}
