"""The page in a real browser, in each state that a payload can be in."""

from pathlib import Path
from typing import Any

import pytest

from putar.words.catalogue import texts
from putar.workbench.page import write_page
from tests.workbench import sample
from tests.workbench.screens import DESK, PHONE, Open, visit

pytestmark = pytest.mark.browser

SECTIONS = [
    "opening",
    "wheel",
    "chart",
    "clock",
    "claims",
    "strip",
    "loops",
    "margins",
    "links",
    "pairs",
    "scenarios",
    "binds",
    "warnings",
    "parameters",
    "facts",
    "equations",
]


@pytest.mark.parametrize("width", [320, 720, 1920])
@pytest.mark.parametrize("state", ["whole", "hostile"])
def test_page_fits_every_width(show: Open, state: str, width: int) -> None:
    """From a desk at 200 % zoom, or a small phone, to a wide screen, nothing has to be scrolled sideways."""
    tab = show(state, size={"width": width, "height": 900})

    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("state", sample.STATES)
def test_every_state_draws_and_fits(show: Open, state: str, size: dict[str, int]) -> None:
    """No script fails and nothing is wider than the screen, whatever the payload lacks or says."""
    tab = show(state, size=size)

    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert tab.locator("h1").count() == 1


def test_sections_stand_in_their_order(show: Open) -> None:
    """Question, wheel, chart, clock, claims and strip come first, then what stands behind them."""
    tab = show()

    order = tab.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert [each for each in order if each in SECTIONS] == SECTIONS


def test_hostile_texts_stay_texts(show: Open) -> None:
    """Markup in a text is read as text; a script address is no link."""
    tab = show("hostile", "#open=fact:GW_2025")
    tab.get_by_role("button", name="Close").click()
    tab.get_by_role("button", name="Open all").click()

    assert "broken" not in tab.title().replace(sample.BREAKOUT, "")
    assert (
        tab.evaluate("document.images.length + document.querySelectorAll('iframe, object, embed').length")
        == 0
    )
    assert tab.evaluate("document.scripts.length") == 3
    assert tab.evaluate("[...document.links].every((each) => /^(https?:|file:)/.test(each.href))")
    assert tab.get_by_text("<img src=x onerror=").count() > 100


def test_policy_stops_requests_and_markup(browser: Any, pages: dict[str, str]) -> None:
    """Even a script of the page could neither ask a network nor make markup of text."""
    tab = browser.new_page()
    visit(tab, pages["whole"])

    assert tab.evaluate("fetch('https://example.org').then(() => 'sent', () => 'stopped')") == "stopped"
    assert (
        tab.evaluate("(() => { try { document.body.innerHTML = '<b>'; } catch { return 'stopped'; } })()")
        == "stopped"
    )
    tab.close()


@pytest.mark.parametrize(("key", "language"), [("page.too_old", "en"), ("page.damaged", "id")])
def test_payload_that_cannot_be_opened_is_said(browser: Any, tmp_path: Path, key: str, language: str) -> None:
    """Question and verdict stay; one sentence below them says what to do, and nothing half-drawn is shown."""
    path = write_page(sample.payload(), tmp_path / "page.html", language)
    context = browser.new_context()
    if key == "page.too_old":
        context.add_init_script("delete globalThis.DecompressionStream")
    else:
        whole = path.read_text(encoding="utf-8")
        middle = whole.index('id="payload">') + 20_000
        path.write_text(whole[:middle] + whole[middle + 400 :], encoding="utf-8")
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(error.message))
    tab.goto(path.as_uri())
    sentence = texts(language)[key]

    assert tab.get_by_role("alert").inner_text() == sentence
    assert tab.locator("#question").inner_text() != ""
    assert tab.locator("section, svg").count() == 0
    assert troubles == [sentence]
    context.close()


def test_empty_parts_say_the_next_step(show: Open) -> None:
    """Where there is nothing to show, a sentence says so; no control without an effect is drawn."""
    tab = show("bare")
    said = tab.locator(".empty").all_inner_texts()

    assert [each.split(".")[0] for each in said] == [
        "No claims are written down for this flywheel",
        "No feedback loop was found in this run, so no loop turns it",
        "No links were cut in this run, so nothing can be credited to any",
        "This flywheel declares no scenarios",
        "No warnings in this run",
        "No limits are written down",
        "This model has no parameters",
        "This model cites no facts",
    ]
    assert tab.locator("#sentence").inner_text() == "Open. No verdict was computed in this run."
    for dead in (
        ".tab-change:not(:empty)",
        ".dot",
        ".pins select",
        ".outputs",
        ".binds",
        ".filters",
        ".assumed",
        ".rests",
        ".pairs td",
    ):
        assert tab.locator(dead).count() == 0


def test_page_of_nothing_has_no_wheel(show: Open) -> None:
    """Without rooms there is no circle to draw, only sentences."""
    tab = show("nothing")

    assert tab.locator("svg.wheel, svg.chart").count() == 0
    assert tab.locator("h1").inner_text() == "A flywheel"
    assert tab.locator(".empty").count() == 10


def test_run_without_members_claims_no_interval(show: Open) -> None:
    """No band, no whiskers, no bracket behind a number; the page says how to get them."""
    tab = show("single")

    assert tab.locator(".band").count() == 0
    assert tab.locator(".bar-art .whisker").count() == 0
    assert "(" not in tab.locator(".reading.main").inner_text()
