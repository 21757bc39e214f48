"""The shipped pages under axe-core: no finding, in both themes, wide and narrow, with everything open."""

from typing import Any

import pytest

from tests.workbench.screens import DESK, FLYWHEELS, PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"]
)
@pytest.mark.parametrize("name", FLYWHEELS)
def test_axe_finds_nothing(turn: Any, name: str, size: dict[str, int], theme: str) -> None:
    """Names, roles, contrast, order and focus are as WCAG 2.1 AA asks, with changes made and tables open."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing"
    )
    tab = turn("#planner.order_ahead_share=0.4", name=name, size=size, color_scheme=theme)
    tab.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    tab.wait_for_timeout(500)
    tab.locator(".late:not(.band)").first.wait_for(state="detached")  # what is being computed is faded
    found = axe.Axe().run(tab).response

    assert len(found["passes"]) > 20
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found["violations"]] == []


def test_axe_finds_nothing_in_the_drawer(turn: Any) -> None:
    """The layer of sources is as good as the page below it."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing"
    )
    tab = turn("#open=claim:launch_32")
    tab.locator(".small-chart").first.wait_for(state="attached")

    assert [
        (each["id"], each["nodes"][0]["html"][:120]) for each in axe.Axe().run(tab).response["violations"]
    ] == []
