"""What no slider moves says so; what one moves can be pressed and keeps the focus while it is redrawn."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.workbench.screens import address
from tests.workbench.test_page_live import CEILING, drag

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("openai-compute", ("#margins",)),
        ("tesla-xai-spacex", ("#worth", "#moat", "#told", "#table-orbit_frontier", "#margins")),
    ],
)
def test_what_does_not_follow_a_slider_says_whose_it_is(
    turn: Any, name: str, sections: tuple[str, ...]
) -> None:
    """Silent while nothing is set; said once a slider has moved; silent again when all is as it came."""
    tab = turn(name=name)
    notes = [tab.locator(f"{each} .delivered") for each in sections if tab.locator(each).count()]
    assert len(notes) == len(sections)
    assert not any(note.is_visible() for note in notes)

    constant = tab.locator(".slider").first.get_attribute("data-name")
    drag(tab, constant, range(300, 320, 10))

    for note in notes:
        note.wait_for()
        assert "does not follow your settings" in note.inner_text()


def test_a_press_on_a_warning_survives_what_changes_around_it(turn: Any) -> None:
    """The button that is held down is the same after another warning came, and acts when let go."""
    tab = turn(hash=f"#{CEILING}=5000")
    warnings = tab.locator(".warnings li")
    button = warnings.filter(has_text="outside 85.3–1,880").get_by_role("button")
    tab.locator(".band:not(.late)").first.wait_for(state="attached")
    before = warnings.count()
    button.hover()
    tab.mouse.down()
    choice = tab.locator("#links [aria-pressed=false]").first
    choice.evaluate("(node) => node.click()")
    tab.wait_for_function("(n) => document.querySelectorAll('.warnings li').length > n", arg=before)
    tab.mouse.up()
    warnings.filter(has_text="outside 85.3–1,880").wait_for(state="detached")

    assert f"{CEILING}=1880" in address(tab)


def test_focus_on_the_wheel_outlives_a_change_of_width(turn: Any) -> None:
    """A link that has the focus has it after the window was made narrower and the wheel drawn anew."""
    tab = turn()
    tab.locator(".wheel [data-link=own_research]").focus()
    tab.set_viewport_size({"width": 700, "height": 900})
    tab.wait_for_timeout(400)

    assert tab.evaluate("document.activeElement.dataset.link") == "own_research"


def test_a_mixed_claim_tells_how_many_of_its_checks_changed(turn: Any) -> None:
    """Its word stays "mixed"; beside it stands the count, and in the drawer which check was what."""
    tab = turn(name="tesla-xai-spacex")
    assert tab.locator(".checks-changed").count() == 0
    tab.locator(".views button").first.click()
    mixed = tab.locator(".claim.flipped").filter(
        has=tab.locator(".finding > :first-child", has_text="mixed"), has_not_text="was "
    )
    mixed.first.wait_for()
    told = mixed.first.locator(".checks-changed").inner_text()
    mixed.first.click()

    assert re.fullmatch(r"\d of \d checks changed", told)
    assert tab.locator("dialog .check h3 .was").count() == int(told[0])
