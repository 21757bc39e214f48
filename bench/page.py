"""Question: how long does the model in the page take to answer a change, and the longer questions?

The pages of the shipped flywheels in a headless Chromium. A page runs only if its numbers are those of the
file and its checksum is Python's, so agreement comes first. `first` is a run before the browser has compiled
the model, `run` the median of changed runs after; `answer` adds the way to the worker and back. The others
are the time to the first and to the whole answer.
"""

import os
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

import putar
from measure import BUILT, report
from putar.workbench.page import write_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

RUNS = """async ([scenario, count]) => {
  const { milliseconds: ready } = await RUNNER.ready;
  const runs = [], answers = [];
  for (let turn = 0; turn < count; turn++) {
    const began = performance.now();
    const run = await RUNNER.run({ scenario: turn % 2 ? scenario : "base" });
    answers.push(performance.now() - began);
    runs.push(run.milliseconds);
  }
  return { ready, runs, answers };
}"""

LONG = """async ([kind, wish]) => {
  const began = performance.now();
  let first = null;
  await RUNNER[kind]({ ...wish, lane: "bench" }, () => { first ??= performance.now() - began; });
  const whole = performance.now() - began;
  return [first ?? whole, whole];
}"""


def measured(name: str, browser: Any, members: int = 200, runs: int = 120) -> list[dict[str, object]]:
    """One row a question of a flywheel's page."""
    study = putar.load(name)
    address = write_page(study.answer().payload, BUILT / f"{name}.html").resolve().as_uri()
    tab = browser.new_page()
    tab.goto(address)
    tab.wait_for_function("document.documentElement.dataset.ready === 'true'")
    scenario = list(study.flywheel.scenarios)[-1]
    took = tab.evaluate(RUNS, [scenario, runs])
    protocol = study.flywheel.protocols[-1]
    asked = {"output": protocol.output, "at": protocol.at, "cutFrom": protocol.cut_from}
    rows: list[dict[str, object]] = [
        {"flywheel": name, "question": "ready", "first_ms": None, "ms": round(took["ready"], 1)},
        {
            "flywheel": name,
            "question": "run",
            "first_ms": round(took["runs"][0], 1),
            "ms": round(statistics.median(took["runs"][runs // 2 :]), 2),
        },
        {
            "flywheel": name,
            "question": "answer",
            "first_ms": round(took["answers"][0], 1),
            "ms": round(statistics.median(took["answers"][runs // 2 :]), 2),
        },
    ]
    long: dict[str, dict[str, object]] = {
        "claims": {"members": 0},
        "ensemble": {"members": members},
        "links": asked,
        "sensitivity": asked,
        "loops": {},
    }
    for kind, wish in long.items():
        first, whole = tab.evaluate(LONG, [kind, {"scenario": "base", **wish}])
        rows.append({"flywheel": name, "question": kind, "first_ms": round(first, 1), "ms": round(whole, 1)})
    tab.close()
    return rows


if __name__ == "__main__":
    from playwright.sync_api import sync_playwright

    path = os.environ.get("PUTAR_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        print("no Chromium found: install one, or say where it is in $PUTAR_CHROMIUM")
        sys.exit()
    Path(BUILT).mkdir(exist_ok=True)
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        found = [
            row
            for each in sys.argv[1:] or ("openai-compute", "tesla-xai-spacex")
            for row in measured(each, running)
        ]
        running.close()
    report(found)
