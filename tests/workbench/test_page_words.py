"""The page in both languages: changed without being opened again, and carried by the address."""

from typing import Any

import pytest

from putar.words import languages
from tests.workbench import sample
from tests.workbench.screens import DESK, PHONE, Open, address

pytestmark = pytest.mark.browser

SHOWN = """async () => {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame); // charts want a width
  const names = [...document.querySelectorAll("[aria-label]")].map((each) => each.ariaLabel);
  return document.body.innerText + names;
}"""


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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_language_fits(show: Open, size: dict[str, int]) -> None:
    """Longer words make nothing wider than the screen."""
    for language in languages():
        tab = show("whole", hash=f"#lang={language}", size=size)
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
