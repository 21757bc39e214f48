"""The pages of all states of the sample, and how a test opens one."""

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from putar.cli import main
from putar.workbench.page import write_page
from tests.workbench import sample
from tests.workbench.screens import DESK, FLYWHEELS, Open, visit


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of the page of each state."""
    folder = tmp_path_factory.mktemp("pages")
    return {
        name: write_page(make(), folder / f"{name}.html").as_uri() for name, make in sample.STATES.items()
    }


@pytest.fixture
def show(browser: Any, pages: dict[str, str]) -> Iterator[Open]:
    """Open a state; at the end nothing may have been asked of a network, and no script may have failed."""
    contexts = []
    troubles: list[str] = []

    def open_page(
        state: str = "whole",
        hash: str = "",
        size: dict[str, int] = DESK,
        address: str = "",
        **wishes: Any,
    ) -> Any:
        context = browser.new_context(viewport=size, accept_downloads=True, **wishes)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(30_000)
        tab.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        tab.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        tab.on("request", lambda request: troubles.extend(asked(request.url)))
        visit(tab, (address or pages[state]) + hash)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the pages that a run of each shipped flywheel writes."""
    folder = tmp_path_factory.mktemp("shipped")
    for name in FLYWHEELS:
        result = CliRunner().invoke(main, ["run", name, "--out", str(folder)])
        assert result.exit_code == 0, result.output
    return {name: (folder / f"{name}.html").as_uri() for name in FLYWHEELS}


@pytest.fixture
def turn(browser: Any, written: dict[str, str]) -> Iterator[Any]:
    """Open a shipped page once its model runs; at the end nothing may have gone wrong or out."""
    contexts, troubles = [], []

    def open_page(
        hash: str = "", name: str = "openai-compute", size: dict[str, int] = DESK, **wishes: Any
    ) -> Any:
        context = browser.new_context(viewport=size, accept_downloads=True, **wishes)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        tab.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        tab.on("request", lambda request: troubles.extend(asked(request.url)))
        tab.goto(written[name] + hash)
        tab.locator("html[data-live=true]").wait_for(state="attached")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def asked(url: str) -> list[str]:
    """What would have left the machine."""
    return [] if url.startswith(("file:", "blob:", "data:")) else [f"asked for {url}"]
