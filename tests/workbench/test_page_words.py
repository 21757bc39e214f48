"""The page in both languages: changed without being opened again, and carried by the address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from putar.words import languages
from putar.workbench.page import write_page
from tests.workbench import sample
from tests.workbench.screens import DESK, PHONE, Open, address

pytestmark = pytest.mark.browser

SHOWN = """async () => {
  const shown = () => {
    const names = [...document.querySelectorAll("[aria-label]")].map((each) => each.ariaLabel);
    return document.body.innerText + names;
  };
  for (let [last, still] = ["", 0]; still < 3; ) {  // charts wait for their width, on a busy machine for long
    await new Promise((next) => setTimeout(next, 50));
    still = shown() === last ? still + 1 : 0;
    last = shown();
  }
  return shown();
}"""


def told(document: dict[str, Any]) -> Iterator[str]:
    """Texts of a payload that a flywheel's folder may translate, long enough to be found on the page."""
    model = document["model"]
    yield from (model["title"], model["question"], *document["unknowns"])
    yield from (room["title"] for room in model["subsystems"])
    yield from (row["label"] for row in document["headline"])
    yield from (link["title"] for output in document["links"]["outputs"] for link in output["links"])
    yield from (row["title"] for row in document["scenarios"]["rows"])
    yield from (claim[key] for claim in document["claims"] for key in ("says", "why"))


def change(tab: Any, language: str) -> None:
    """Press the button of a language."""
    tab.locator(f".languages button[lang={language}]").click()


@pytest.mark.parametrize("state", sample.STATES)
def test_changed_page_is_the_page_opened_in_that_language(show: Open, state: str) -> None:
    """No text of the language before stays behind, and none of the choices is lost; back again as well."""
    changed, opened = show(state), show(state, hash="#lang=id")
    english = changed.evaluate(SHOWN)
    change(changed, "id")

    assert changed.evaluate(SHOWN) == opened.evaluate(SHOWN) != english
    change(changed, "en")
    assert changed.evaluate(SHOWN) == english


def test_language_is_in_the_document_and_in_the_address(show: Open) -> None:
    """A screen reader hears the right language, and a copied link opens in it."""
    tab = show()
    assert tab.evaluate("document.documentElement.lang") == "en"
    change(tab, "id")

    assert tab.evaluate("document.documentElement.lang") == "id"
    assert "lang=id" in address(tab)
    assert tab.evaluate("document.activeElement.lang") == "id"
    assert tab.locator(".languages [aria-pressed=true]").all_inner_texts() == ["ID"]
    assert "Apa kata ceritanya" in tab.inner_text("#claims")


def test_change_of_language_keeps_what_the_reader_chose(show: Open) -> None:
    """The chart, its scale and the theme stay."""
    tab = show(hash="#chart=users.weekly_users&scale=log&theme=dark")
    before = tab.locator("#chart svg.chart path").first.get_attribute("d")
    change(tab, "id")

    assert {"chart=users.weekly_users", "scale=log", "theme=dark"} <= {
        *address(tab).partition("#")[2].split("&")
    }
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert tab.locator("#chart svg.chart path").first.get_attribute("d") == before


def test_texts_of_the_flywheel_change_with_the_language(show: Open, tmp_path: Path) -> None:
    """Titles, sentences and reasons that another language has are said in it, wherever they stand."""
    document = sample.payload()
    english = {*told(document)}
    document["texts"] = {"id": {text: f"⟨{text}⟩" for text in english}}
    address = write_page(document, tmp_path / "told.html").as_uri()
    opened, changed = show(hash="#lang=id", address=address), show(address=address)
    before = changed.evaluate(SHOWN)
    change(changed, "id")

    assert changed.evaluate(SHOWN) == opened.evaluate(SHOWN)
    assert "⟨" not in before
    lines = {line.strip() for line in opened.evaluate("document.body.innerText").splitlines()}
    assert english & lines == set()
    assert len({f"⟨{text}⟩" for text in english} & lines) > 40
    assert opened.title() == f"⟨{document['model']['title']}⟩ · putar"
    change(changed, "en")
    assert changed.evaluate(SHOWN) == before


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_language_fits(show: Open, size: dict[str, int]) -> None:
    """Longer words make nothing wider than the screen."""
    for language in languages():
        tab = show("whole", hash=f"#lang={language}", size=size)
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
