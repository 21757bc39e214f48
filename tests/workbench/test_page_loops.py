"""The section on loops and margins: the payload's shares, its leader and its reasons."""

import pytest

from putar.workbench.page import page_text
from tests.workbench import sample
from tests.workbench.screens import Open, carried

pytestmark = pytest.mark.browser


def test_file_carries_shares_and_margins() -> None:
    """The file alone holds what the section draws: shares, what they explain, margins."""
    document = carried(page_text(sample.payload()))

    assert all(len(loop["share"]) == len(document["loop_times"]) for loop in document["loops"])
    assert document["search"]["explained"] == sample.payload()["search"]["explained"]
    assert document["wheel"]["uniform"]["why"]
    assert all("stall_margin" in link for output in document["links"]["outputs"] for link in output["links"])


def test_leader_follows_the_one_cursor(show: Open) -> None:
    """The loop with the largest share is named; both sliders move one cursor."""
    tab = show()
    document = sample.payload()
    tab.get_by_role("slider", name="Moment of the loops").focus()
    tab.keyboard.press("End")
    largest = max(document["loops"], key=lambda loop: abs(loop["share"][-1]))

    assert tab.locator(".readout .date").inner_text() == "2032 Q1"
    leader = tab.locator(".loop-leader").inner_text()
    assert largest["name"] in leader
    assert f"\u2212{round(-100 * largest['share'][-1])}%" in leader
    assert largest["name"] in tab.locator(".loop-row").first.get_attribute("aria-label")
    tab.get_by_role("slider", name="Date").focus()
    tab.keyboard.press("Home")
    assert (
        "No loop has a share at this date: pick one from 2022 Q2 on"
        in tab.locator(".loop-leader").inner_text()
    )
    assert "explain 98.1% of the behaviour of all found" in tab.locator("#loops").inner_text()


def test_margins_are_ranked_and_a_missing_one_says_why(show: Open) -> None:
    """The most fragile link is first; where there is no margin, the reason stands there."""
    tab = show()
    rows = tab.locator(".margin-chart").first.locator(".margin-row")

    assert rows.locator(".margin-value").all_inner_texts()[:3] == ["18%", "42%", "100%"]
    without = tab.locator(".margin-row.without")
    assert without.locator(".margin-value").inner_text() == "no margin"
    assert "it would need 1.9 times this link" in without.inner_text()
