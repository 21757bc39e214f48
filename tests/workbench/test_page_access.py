"""The page read without sight, mouse, colour or motion, on a phone and on paper."""

import pytest

from tests.workbench import sample
from tests.workbench.screens import DESK, PHONE, Open, address

pytestmark = pytest.mark.browser


def test_everything_operated_has_a_name(show: Open) -> None:
    """Each control has words for a screen reader, also in the drawer and in the wheel."""
    tab = show(hash="#open=claim:pulse")
    nameless = tab.evaluate(
        """() => [...document.querySelectorAll(`button, a[href], input, select, summary,
            dialog, nav, aside, section, [role=button], [role=img], [role=group], [role=tab]`)]
        .filter((each) => !(each.getAttribute('aria-label') || each.getAttribute('aria-labelledby')
            || each.textContent.trim() || each.placeholder))
        .map((each) => each.outerHTML.slice(0, 100))"""
    )

    assert nameless == []
    assert tab.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map((e) => e.id)).size"
    ) == tab.evaluate("document.querySelectorAll('[id]').length")


def test_skip_link_is_first_and_leads_to_the_question(show: Open) -> None:
    """The first tab stop jumps over the bar."""
    tab = show()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Go to the question"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "question"


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const low = new Set();
  for (const node of document.querySelectorAll('body *:not(script, style, noscript, option)')) {
    if (![...node.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim())) continue;
    const style = getComputedStyle(node);
    if (node.getBoundingClientRect().width < 2 || style.visibility === 'hidden') continue;
    const svg = node instanceof SVGElement;
    const under = ground(svg ? node.ownerSVGElement.parentElement : node);
    const both = [light(over(rgba(svg ? style.fill : style.color), under)), light(under)];
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < 4.5) low.add(`${node.tagName} ${node.getAttribute('class')} ${ratio.toFixed(2)}`);
  }
  return [...low];
}"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_words_on_the_page_reach_aa(show: Open, theme: str, size: dict[str, int]) -> None:
    """Every text that is drawn, in tables, charts and drawer, has 4.5 to 1 on its ground."""
    tab = show(hash="#open=claim:pulse&pin=glut", size=size, color_scheme=theme)
    tab.locator("[data-subsystem=fleet]").evaluate("(each) => (each.open = true)")
    tab.wait_for_timeout(400)

    assert tab.evaluate(CONTRAST) == []


def test_theme_follows_the_system_and_the_switch(show: Open) -> None:
    """The system's wish holds until the reader chooses; the choice is in the address."""
    tab = show(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert tab.evaluate(ground) == "rgb(19, 22, 25)"
    switch = tab.get_by_role("switch", name="Dark theme")
    assert switch.get_attribute("aria-checked") == "true"
    switch.press("Enter")
    assert tab.evaluate(ground) == "rgb(255, 255, 255)"
    assert "theme=light" in address(tab)


def test_controls_are_large_enough_for_a_finger(show: Open) -> None:
    """On a phone the controls that stand alone are 44 pixels high or more."""
    tab = show(hash="#open=fact:GW_2025", size=PHONE)
    small = tab.evaluate(
        """() => [...document.querySelectorAll(`.theme, .tab, .play, .tool, .loop-chip, select,
            .switch button, input, .quiet, .claim, .filter, .subsystem summary, .behind summary`)]
        .map((each) => [each.className || each.tagName, Math.round(each.getBoundingClientRect().height)])
        .filter(([, height]) => height > 0 && height < 44)"""
    )

    assert small == []


def test_print_shows_all_sources_and_no_controls(show: Open) -> None:
    """On paper the facts are the end notes, in full, ink on white."""
    tab = show(color_scheme="dark")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")

    assert tab.locator(".facts tbody tr").count() == len(sample.payload()["facts"])
    assert tab.locator("#bar").is_hidden()
    assert tab.locator("select, input").first.is_hidden()
    assert tab.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')") == "#ffffff"


def test_nothing_moves_for_those_who_ask(show: Open) -> None:
    """With reduced motion the drawer stands at once."""
    tab = show(hash="#open=fact:GW_2025", reduced_motion="reduce")

    assert tab.evaluate("getComputedStyle(document.querySelector('dialog')).animationName") == "none"
