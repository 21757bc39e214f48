"""The model in the page gives the numbers of the machine code: every flywheel, scenario, cut and setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import putar
from putar.flywheels.catalogue import names
from putar.flywheels.scenarios import RunSpec
from putar.study import Study
from putar.workbench.checksum import checksum
from putar.workbench.document import engine_row, headline_rows
from putar.workbench.live import live_row
from putar.workbench.page import write_page

pytestmark = pytest.mark.browser

ROWS = 16
"""Every so many rows of a run are compared, and the last."""

ASK = """async ([wish, every]) => {
  const run = await RUNNER.run(wish);
  const rows = [...run.times.keys()].filter((row) => row % every === 0 || row + 1 === run.times.length);
  const names = PROGRAM_NAMES;
  return {
    times: rows.map((row) => run.times[row]),
    values: names.map((name) => { const v = run.value(name); return rows.map((row) => v[row]); }),
    failed: run.failed,
    checksum: run.checksum,
  };
}"""


def small_page(study: Study, folder: Path, spec: RunSpec | None = None) -> str:
    """The address of a page that has the model and its headlines alone."""
    from putar.flywheels.simulate import simulate

    spec = spec or RunSpec()
    base = simulate(study.flywheel, spec)
    payload = {
        "model": {"name": study.name, "title": study.name},
        "engine": engine_row(study.flywheel, spec, base),
        "headline": headline_rows(study.flywheel, base, None),
        "live": live_row(study.flywheel, spec, base),
    }
    return write_page(payload, folder / f"{study.name}.html").as_uri()


@pytest.fixture(scope="module", params=names())
def opened(
    request: pytest.FixtureRequest, browser: Any, tmp_path_factory: Any
) -> Iterator[tuple[Study, Any]]:
    """A shipped flywheel and the tab in which its page is open."""
    study = putar.load(request.param)
    tab = browser.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    tab.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    tab.goto(small_page(study, tmp_path_factory.mktemp("live")))
    yield study, tab
    tab.close()
    assert troubles == []


def assert_agrees(study: Study, tab: Any, wish: Mapping[str, Any], **asked: Any) -> None:
    """The page's run is Python's to nine digits, checksum included."""
    run = study.run(**asked)
    outputs = list(run.ensemble.names)
    answer = tab.evaluate(ASK.replace("PROGRAM_NAMES", str(outputs)), [dict(wish), ROWS])
    chosen = [i for i in range(len(run.ensemble.times)) if i % ROWS == 0 or i + 1 == len(run.ensemble.times)]
    expected = run.ensemble.values[chosen, :, 0].T
    found = np.array(answer["values"], dtype=np.float64)
    scale = np.abs(run.ensemble.values[:, :, 0]).max(axis=0)[:, None]

    assert answer["failed"] is None
    np.testing.assert_array_equal(answer["times"], run.ensemble.times[chosen])
    worst = np.abs(found - expected) / (1e-9 * np.abs(expected) + 1e-12 * scale + 1e-300)
    assert {outputs[i]: worst[i].max() for i in np.flatnonzero((worst > 1.0).any(axis=1))} == {}
    assert answer["checksum"] == checksum(study.flywheel, run.ensemble)


def test_model_is_up_and_gives_the_numbers_of_the_file(opened: tuple[Study, Any]) -> None:
    """The worker runs under the page's own policy, and its checksum is that of `putar run --json`."""
    study, tab = opened
    ready = tab.evaluate("RUNNER.ready")

    assert ready["worker"] is True
    assert ready["checksum"] == checksum(study.flywheel, study.run().ensemble)


def test_every_scenario_agrees(opened: tuple[Study, Any]) -> None:
    """Changes at dates, scalings, cut links and values before the fit."""
    study, tab = opened
    for scenario in study.flywheel.scenarios:
        assert_agrees(study, tab, {"scenario": scenario}, scenario=scenario)


def test_every_cut_agrees(opened: tuple[Study, Any]) -> None:
    """Each link alone from now on, and all of them from an early date."""
    study, tab = opened
    links = [link.id for link in study.model.links]
    for link in links:
        assert_agrees(study, tab, {"scenario": "base", "cut": [link]}, cut=[link])
    early = study.model.time.start + 1.5
    assert_agrees(study, tab, {"cut": links, "cutFrom": early}, cut=links, cut_from=early)


def test_settings_agree(opened: tuple[Study, Any]) -> None:
    """From the start, over what a scenario does, and from a date that is between two steps."""
    study, tab = opened
    known = [(n, p) for v in study.model.variables for n, p in study.model.parameters(v) if p.distribution]
    scenario = list(study.flywheel.scenarios)[-1]
    date = study.model.time.start + 0.61 * (study.model.time.stop - study.model.time.start)
    for name, parameter in known[::9]:
        for value in (parameter.low, parameter.high):
            if value is None:
                continue
            assert_agrees(study, tab, {"set": {name: value}, "scenario": "base"}, set={name: value})
            wish = {"scenario": scenario, "set": {name: value}, "from": {name: date}}
            assert_agrees(study, tab, wish, scenario=scenario, set={f"{name}@{date}": value})
