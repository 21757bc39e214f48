"""Settings of the whole suite: the same examples on every machine, compiled programs close by, a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A shared machine may pause any test, so time says nothing about an example; a fixed order of examples means
# that what passes for one person passes for all.
settings.register_profile("putar", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("putar")

# Compiled programs are kept within the repository, so that tests neither use nor fill the cache of the user;
# command lines that tests start inherit this.
os.environ["PUTAR_CACHE"] = str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "putar")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium, or a skip that says what was looked for."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    path = os.environ.get("PUTAR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium found: looked for {', '.join(NAMES)} and $PUTAR_CHROMIUM")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()
