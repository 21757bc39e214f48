"""The screens that the page is made for, the flywheels that ship, and how a test opens a page."""

from collections.abc import Callable
from typing import Any

DESK = {"width": 1440, "height": 900}
FLYWHEELS = ("openai-compute", "tesla-xai-spacex")
PHONE = {"width": 390, "height": 844}

Open = Callable[..., Any]
"""Called with a state of the sample, a hash, a screen and wishes of the system; gives the open tab."""


def address(tab: Any) -> str:
    """The tab's address, once the page has written it."""
    tab.wait_for_timeout(300)
    return str(tab.url)
