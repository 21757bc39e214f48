"""The screens that the page is made for, the flywheels that ship, and how a test opens a page."""

import base64
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

DESK = {"width": 1440, "height": 900}
FLYWHEELS = ("openai-compute", "tesla-xai-spacex")
PHONE = {"width": 390, "height": 844}

Open = Callable[..., Any]
"""Called with a state of the sample, a hash, a screen and wishes of the system; gives the open tab."""


def visit(tab: Any, address: str) -> None:
    """Go to a page and wait until it has opened what it carries and is drawn."""
    tab.goto(address)
    tab.wait_for_function("document.documentElement.dataset.ready === 'true'")


def carried(page: str) -> Any:
    """The payload that the text of a page holds."""
    (packed,) = re.findall(r'id="payload">(.*?)</script>', page, re.DOTALL)
    return json.loads(zlib.decompress(base64.b64decode(packed, validate=True)))


def address(tab: Any) -> str:
    """The tab's address, once the page has written it."""
    tab.wait_for_timeout(300)
    return str(tab.url)
