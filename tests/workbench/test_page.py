"""The page as a file: whole, still, closed to the network, and safe from every text it carries."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from putar.errors import RunError, UsageError
from putar.workbench import page
from putar.workbench.page import page_text, write_page
from tests.workbench import sample
from tests.workbench.screens import carried

STATIC = Path(str(files("putar.workbench") / "static"))
each_state = pytest.mark.parametrize("state", sample.STATES)


class Elements(HTMLParser):
    """The elements of a document as a browser's tokenizer meets them: (tag, attributes, raw text)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.raw = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))
        self.raw = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self.raw = self.raw and tag not in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if self.raw:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def of(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        """The attributes and raw texts of all elements with this tag."""
        return [(attributes, text) for each, attributes, text in self.found if each == tag]


def policy(text: str) -> dict[str, list[str]]:
    """The content security policy: directive to its sources."""
    (content,) = (
        attributes["content"] or ""
        for attributes, _ in Elements(text).of("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    return {name: sources for name, *sources in (part.split() for part in content.split(";"))}


# ---------------------------------------------------------------- the file


def test_writes_one_file_and_returns_its_path(tmp_path: Path) -> None:
    """Folders above it are made; nothing else is left beside it."""
    path = tmp_path / "deep" / "down" / "page.html"

    assert write_page(sample.payload(), path) == path
    assert [each.name for each in path.parent.iterdir()] == ["page.html"]
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_replaces_an_older_page(tmp_path: Path) -> None:
    """A page of the same name is replaced as a whole."""
    path = tmp_path / "page.html"
    path.write_text("old", encoding="utf-8")

    write_page(sample.bare_run(), path)

    assert "old" not in path.read_text(encoding="utf-8")[:100]


def test_same_payload_gives_same_bytes() -> None:
    """Nothing but the payload decides what is in the page."""
    assert page_text(sample.payload()) == page_text(sample.payload())


def test_page_too_large_to_mail_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is said together with what would help, and no half page is left."""
    monkeypatch.setattr(page, "LARGEST_PAGE", 100_000)

    with pytest.raises(RunError) as caught:
        write_page(sample.payload(), tmp_path / "page.html")

    assert re.fullmatch(
        r"the page would have 0\.\d MB; 0 MB is the most\n  fix: save fewer dates or draw fewer scenarios",
        str(caught.value),
    )
    assert list(tmp_path.iterdir()) == []


def test_whole_run_is_far_below_the_limit() -> None:
    """A page with 81 parameters, 103 equations and 13 scenarios stays under one megabyte."""
    assert len(page_text(sample.payload()).encode()) < 1_000_000 < page.LARGEST_PAGE


# ---------------------------------------------------------------- the payload


@each_state
def test_payload_comes_back_as_it_went_in(state: str) -> None:
    """What a browser parses is the payload; only what is not finite has become null."""
    document = sample.STATES[state]()

    def plain(value: object) -> object:
        if isinstance(value, float) and not np.isfinite(value):
            return None
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value

    assert carried(page_text(document)) == plain(document)


def test_arrays_sets_and_paths_become_plain() -> None:
    """NumPy's scalars and arrays, paths, sets and odd keys are written as JSON has them."""
    document = {
        "model": {"title": "t"},
        "scalar": np.float64(1.5),
        "missing": np.float64("nan"),
        "array": np.array([[1, 2], [3, 4]]),
        "path": Path("a/b"),
        "set": {"b", "a"},
        "large": 10**400,
        2030: True,
    }

    assert carried(page_text(document)) == {
        "model": {"title": "t"},
        "scalar": 1.5,
        "missing": None,
        "array": [[1, 2], [3, 4]],
        "path": "a/b",
        "set": ["a", "b"],
        "large": None,
        "2030": True,
    }


def test_value_without_a_form_is_named() -> None:
    """The error says where in the payload the value stands."""
    with pytest.raises(RunError) as caught:
        page_text({"links": {"outputs": [{"all": 1.0}, {"all": object()}]}})

    assert str(caught.value) == (
        "payload.links.outputs[1].all is a object, which JSON has no form for\n"
        "  fix: pass text, numbers, lists or mappings"
    )


def test_value_that_holds_itself_is_an_error() -> None:
    """A payload without an end is refused, not followed."""
    document: dict[str, object] = {}
    document["model"] = document

    with pytest.raises(RunError, match="nested more than 60 levels deep"):
        page_text(document)


def test_unknown_language_is_an_error() -> None:
    """Only languages with a table of words can be asked for."""
    with pytest.raises(UsageError) as caught:
        page_text({}, language="xx")

    assert str(caught.value) == ("there are no texts in 'xx'\n  fix: use 'en', or add src/putar/words/xx.po")


# ---------------------------------------------------------------- no way out, no way in


@each_state
def test_no_text_leaves_its_place(state: str) -> None:
    """Whatever the texts say, the browser meets the page's own elements and no others."""
    found = Elements(page_text(sample.STATES[state]()))

    assert [attributes.get("id") or attributes.get("type") for attributes, _ in found.of("script")] == [
        "words",
        "payload",
        "module",
    ]
    assert len(found.of("style")) == 1
    assert {tag for tag, _, _ in found.found} <= {
        *("html", "head", "meta", "title", "link", "style"),
        *("body", "a", "header", "main", "div", "h1", "p", "noscript", "script"),
    }


def test_places_in_a_text_are_not_filled() -> None:
    """A text that looks like a place of the template stays a text."""
    text = page_text({"model": {"title": "{{script}}", "question": "{{payload}} {{style}}"}})

    assert "<title>{{script}} · putar</title>" in text
    assert ">{{payload}} {{style}}</h1>" in text


@each_state
def test_nothing_is_loaded(state: str) -> None:
    """No element and no style names an address to load from; the one icon is in the file."""
    found = Elements(page_text(sample.STATES[state]()))

    assert [each for _, each, _ in found.found if "src" in each or "srcset" in each] == []
    assert [each["href"] for each, _ in found.of("a")] == ["#question"]
    assert all((each["href"] or "").startswith("data:image/svg+xml,") for each, _ in found.of("link"))
    assert re.findall(r"@import|url\(|@font-face", found.of("style")[0][1]) == []


@each_state
def test_policy_forbids_all_but_the_pages_own_text(state: str) -> None:
    """The hashes are those of the script and the style in the file, so that nothing else runs."""
    text = page_text(sample.STATES[state]())
    found = Elements(text)

    def digest(raw: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode()}'"

    assert policy(text) == {
        "default-src": ["'none'"],
        "script-src": [digest(found.of("script")[-1][1])],
        "style-src": [digest(found.of("style")[0][1])],
        "img-src": ["data:"],
        "worker-src": ["blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["putar"],
    }
    assert text.index("Content-Security-Policy") < text.index("<style>") < text.index("<script")


def test_question_and_verdict_stand_in_the_html() -> None:
    """The first paint, and a reader without scripts, have the question and the answer."""
    text = page_text(sample.payload())

    assert "Does OpenAI&#x27;s compute wheel turn by itself?</h1>" in text
    assert "No, it is pushed. An extra 10% of compute in mid-2025 is down to 3.3%" in text
    assert "The numbers stand in this file as JSON, packed with zlib in base64." in text


# ---------------------------------------------------------------- the page's own files


def own(suffix: str) -> dict[str, str]:
    """The page's own files with a suffix, by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(STATIC.glob(f"*{suffix}"))}


def test_every_file_is_part_of_the_page() -> None:
    """Nothing lies in the folder that the page does not use."""
    assert sorted(own(".js")) == sorted((*page.ENGINE_ROOM, *page.SCRIPTS, *page.SERVED_SCRIPTS))
    assert sorted(own(".css")) == sorted((*page.STYLES, *page.SERVED_STYLES))


@pytest.mark.parametrize(
    "name", [*page.ENGINE_ROOM, *page.SCRIPTS, *page.SERVED_SCRIPTS, *page.STYLES, *page.SERVED_STYLES]
)
def test_own_file_is_short_and_says_what_it_is(name: str) -> None:
    """Each file is under 500 lines of at most 120 signs and opens with a comment."""
    text = (STATIC / name).read_text(encoding="utf-8")

    assert text.count("\n") < 500
    assert [line for line in text.splitlines() if len(line) > 120] == []
    assert text.startswith("//" if name.endswith(".js") else "/*")
    if name.endswith(".js"):  # no text may span lines: their indentation stays out of the page
        assert [line for line in text.splitlines() if line.count("`") % 2] == []


@pytest.mark.parametrize("name", page.SCRIPTS)
def test_no_script_makes_markup_or_code_of_text(name: str) -> None:
    """Texts become text nodes only; nothing is evaluated, nothing is asked of a network."""
    forbidden = (
        r"\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML"
        r"|\beval\(|new Function|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\b|</script|<!--"
    )

    assert re.findall(forbidden, (STATIC / name).read_text(encoding="utf-8")) == []


# ---------------------------------------------------------------- colours


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme; the dark ones stand on the light ones."""
    text = (STATIC / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split(page.DARK)
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
    return found if theme == "light" else found | dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", dark))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance of sRGB)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_colours_reach_aa(theme: str) -> None:
    """Every colour that words are written in has 4.5 to 1 on each ground it stands on."""
    colours = tokens(theme)
    grounds = {
        "paper": [
            "ink",
            "ink-2",
            "ink-3",
            "you",
            "holds",
            "refuted",
            "open",
            "assumed",
            "reinforcing",
            "balancing",
        ],
        "paper-2": ["ink", "ink-2", "ink-3", "you"],
        "assumed-soft": ["assumed"],
        "you-soft": ["you", "ink"],
        "ink": ["paper"],
    }
    low = [
        (text, ground, round(contrast(colours[text], colours[ground]), 2))
        for ground, texts in grounds.items()
        for text in texts
        if contrast(colours[text], colours[ground]) < 4.5
    ]

    assert low == []


def test_dark_colours_hold_for_the_switch_and_for_the_systems_wish() -> None:
    """Both selectors carry the same colours, only on screens: paper stays white."""
    text = Elements(page_text({})).of("style")[0][1]
    wish = re.search(r"@media screen and \(prefers-color-scheme: dark\) \{(.+?\n\})\n", text, flags=re.DOTALL)
    chosen = re.search(r"@media screen \{\n:root\[data-theme=\"dark\"\](.+?\n\})\n", text, flags=re.DOTALL)

    assert wish is not None
    assert chosen is not None
    assert wish[1].replace(':root:not([data-theme="light"])', "").strip() == chosen[1].strip()
