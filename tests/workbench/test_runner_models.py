"""A model of every feature that is read runs in the page as it runs in Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import putar
from tests.workbench.screens import carried, visit
from tests.workbench.test_runner import small_page

pytestmark = pytest.mark.browser

MODELS = sorted((Path(__file__).parents[1] / "models").glob("*/model.*"))


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    """One tab, in which page after page is opened."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_page_gives_the_checksum_of_python(tab: Any, tmp_path: Path, path: Path) -> None:
    """Of all outputs, since these models have no headlines."""
    beside = path.with_name("data.csv")
    study = putar.load(path, data=[beside] if beside.exists() else [])
    page = small_page(study, tmp_path)
    visit(tab, page)
    found = tab.evaluate("RUNNER.ready.then(({ checksum }) => checksum, (error) => error.message)")

    written = Path(page.removeprefix("file://")).read_text(encoding="utf-8")
    assert found == carried(written)["engine"]["checksum"]
    assert tab.evaluate("RUNNER.run({}).then((run) => run.failed)") is None
