"""The model in the page gives the numbers of the machine code: every flywheel, scenario, cut and setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import putar
from putar.analysis.scored import scored_program
from putar.flywheels.catalogue import names
from putar.flywheels.feedback import find_feedback
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.simulate import design_of, simulate
from putar.runs.execute import execute
from putar.study import Study
from putar.words.catalogue import texts
from putar.workbench.checksum import checksum
from putar.workbench.document import engine_row, headline_rows, time_row
from putar.workbench.live import live_row
from putar.workbench.page import write_page
from tests.workbench.screens import visit

pytestmark = pytest.mark.browser

ROWS = 16
"""Every so many rows of a run are compared, and the last."""

SEED = 5

OWN = "(wish) => RUNNER.{}({{ ...wish, lane: 'test' }})"
"""A long question in a lane of its own: the page itself asks, too, and may stop what it asked."""

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


def equation(text: str) -> putar.Equation:
    return putar.Equation(putar.parse_expression(text), text)


def small_page(study: Study, folder: Path, spec: RunSpec | None = None) -> str:
    """The address of a page that has the model and its headlines alone."""
    spec = spec or RunSpec()
    base = simulate(study.flywheel, spec)
    payload = {
        "model": {"name": study.name, "title": study.name, "hash": study.flywheel.program.digest[:16]},
        "engine": engine_row(study.flywheel, spec, base),
        "time": time_row(study.flywheel),
        "headline": headline_rows(study.flywheel, base, None),
        "live": live_row(
            study.flywheel,
            spec,
            base,
            findings=study.claims(members=0, seed=SEED),
            feedback=find_feedback(study.flywheel, spec, rates=False),
        ),
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
    visit(tab, small_page(study, tmp_path_factory.mktemp("live")))
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


# many runs ------------------------------------------------------------------------------------


def test_members_draw_what_python_draws(opened: tuple[Study, Any]) -> None:
    """The band over members is that of the same members in Python, under a scenario and a setting."""
    study, tab = opened
    scenario = list(study.flywheel.scenarios)[2]
    name = next(n for v in study.model.variables for n, p in study.model.parameters(v) if p.distribution)
    value = dict(zip(study.flywheel.program.parameters, study.flywheel.program.defaults, strict=True))[name]
    shown = [row.variable for row in study.flywheel.headline]
    dates = [study.model.time.start + 3.1, study.model.time.stop]
    wish = {
        "scenario": scenario,
        "set": {name: value},
        "members": 24,
        "seed": 7,
        "save": shown,
        "dates": dates,
    }
    found = tab.evaluate(OWN.format("ensemble"), wish)
    run = study.run(scenario, set={name: value}, members=24, seed=7, save=shown)

    assert (found["done"], found["failed"]) == (24, 0)
    for variable in shown:
        drawn = run.ensemble.at(variable, dates)
        expected = np.quantile(drawn, (0.05, 0.5, 0.95), axis=1)
        band = [found["bands"][variable][end] for end in ("low", "middle", "high")]
        np.testing.assert_allclose(
            band, expected, rtol=1e-9, atol=1e-9 * np.abs(drawn).max(), err_msg=variable
        )


def test_links_carry_what_python_finds(opened: tuple[Study, Any]) -> None:
    """All coalitions, in the run that is asked for: shares, single losses and pairs."""
    study, tab = opened
    protocol = study.flywheel.protocols[0]
    asked = {"output": protocol.output, "at": protocol.at, "cutFrom": protocol.cut_from, "scenario": "base"}
    found = tab.evaluate(OWN.format("links"), asked)
    point = study.links().point

    assert found["links"] == list(point.players)
    assert found["linchpin"] == point.linchpin
    scale = abs(float(point.all))
    for key in ("all", "none", "shapley", "first", "last", "pairs"):
        np.testing.assert_allclose(
            found[key], getattr(point, key), rtol=1e-9, atol=1e-12 * scale, err_msg=key
        )


def test_loops_have_the_shares_that_python_finds(opened: tuple[Study, Any]) -> None:
    """Shares over time of every loop, in the base run and in one whose changes come at dates."""
    study, tab = opened
    listed = find_feedback(study.flywheel, RunSpec(), rates=False).finding
    for scenario in ("base", list(study.flywheel.scenarios)[-1]):
        spec = study.spec(scenario)
        found = tab.evaluate(
            """async (wish) => {
              const { times, shares } = await RUNNER.loops({ ...wish, lane: "test" });
              const rows = Object.entries(shares).map(([id, share]) => [id, [...share]]);
              return { times: [...times], shares: Object.fromEntries(rows) };
            }""",
            {"scenario": scenario},
        )
        program = scored_program(
            study.flywheel.formulas, listed, outputs=(), varying=study.flywheel.program.parameters
        )
        ran = execute(program, design_of(study.flywheel, spec), [name for name, _ in program.outputs])

        assert [f"loop {id}" for id in found["shares"]] == list(ran.names)
        for id, share in found["shares"].items():
            expected = ran.at(f"loop {id}", found["times"])[:, 0]
            np.testing.assert_allclose(share, expected, rtol=1e-6, atol=1e-7, err_msg=f"{scenario} {id}")


def test_sensitivity_is_that_of_single_settings(opened: tuple[Study, Any]) -> None:
    """Each constant alone at its ends, from the date from which draws hold."""
    study, tab = opened
    flywheel = study.flywheel
    output, at = flywheel.headline[0].variable, study.model.time.stop
    drawn = {n: p for v in study.model.variables for n, p in study.model.parameters(v) if p.distribution}
    names = list(drawn)[::17]
    found = tab.evaluate(OWN.format("sensitivity"), {"output": output, "at": at, "names": names})
    ends = live_row(flywheel, RunSpec(), study.run().ensemble)["ends"]

    assert sorted(found["ends"]) == sorted(names)
    for name in names:
        low, high, since = (ends[name][key] for key in ("low", "high", "from"))
        where = name if since is None else f"{name}@{since}"
        for end, key in ((low, "low"), (high, "high")):
            run = study.run(set={where: end}, save=[output])
            np.testing.assert_allclose(found["ends"][name][key], run.ensemble.at(output, at)[0], rtol=1e-9)


@pytest.mark.parametrize("changed", [False, True])
def test_claims_are_judged_as_python_judges_them(opened: tuple[Study, Any], changed: bool) -> None:
    """Every check and claim, at the centre and over members, in the base run and under other settings."""
    study, tab = opened
    wish: dict[str, Any] = {"scenario": "base"}
    asked: dict[str, Any] = {}
    if changed:
        scenario = list(study.flywheel.scenarios)[-1]
        name, parameter = next(
            (n, p) for v in study.model.variables for n, p in study.model.parameters(v) if p.low and p.high
        )
        link = study.model.links[0].id
        wish = {"scenario": scenario, "set": {name: parameter.low}, "cut": [link]}
        asked = {"scenario": scenario, "set": {name: parameter.low}, "cut": [link]}
    for members in (0, 30):
        expected = study.claims(members=members, seed=SEED, **asked)
        found = tab.evaluate(OWN.format("claims"), {**wish, "members": members, "seed": SEED})["claims"]
        assert {claim.id: claim.verdict for claim in expected} == {
            name: claim["verdict"] for name, claim in found.items()
        }
        for claim in expected:
            for check in claim.checks:
                here = found[claim.id]["checks"][check.check.id]
                where = f"{claim.id}.{check.check.id}"
                assert here["verdict"] == check.verdict, where
                if check.check.kind != "model" or check.check.comparison is None:
                    continue
                for key in ("value", "low", "high", "probability"):
                    assert_near(here[key], getattr(check, key), f"{where} {key}")
                bound = check.bound if isinstance(check.bound, tuple) else (check.bound,)
                for one, other in zip(here["bounds"], bound, strict=True):
                    assert_near(one, other, f"{where} bound")


def assert_near(found: float | None, expected: float | None, what: str) -> None:
    """Equal to nine digits, or both missing."""
    if expected is None or found is None:
        assert found is expected, what
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12, err_msg=what)


def test_newest_wish_of_a_lane_wins(opened: tuple[Study, Any]) -> None:
    """Of many wishes at once the first, under way, and the last are answered; a long answer is stopped."""
    _, tab = opened
    answered = tab.evaluate(
        """async () => {
          const runs = await Promise.all([1, 2, 3, 4].map(() => RUNNER.run({ lane: "drag", save: [] })));
          const other = RUNNER.run({ lane: "other", save: [] });
          const long = [1, 2].map((seed) => RUNNER.ensemble({ lane: "long", members: 20, seed, save: [] }));
          const ends = await Promise.all([...long, other]);
          return [...runs, ...ends].map((one) => one !== null);
        }"""
    )

    assert answered == [True, False, False, True, False, True, True]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"scenario": "nothing"}, "unknown scenario 'nothing'"),
        ({"set": {"no.such": 1.0}}, "unknown constant 'no.such'"),
        ({"cut": ["nowhere"]}, "unknown link 'nowhere'"),
        ({"save": ["no.such"]}, "the model has no variable 'no.such'"),
    ],
)
def test_wishes_that_cannot_be_are_refused(
    opened: tuple[Study, Any], wish: dict[str, Any], says: str
) -> None:
    """By name, as on the command line; the next wish is answered."""
    _, tab = opened
    said = tab.evaluate("(wish) => RUNNER.run(wish).then(() => 'answered', (error) => error.message)", wish)

    assert said == says
    assert tab.evaluate("RUNNER.run({ save: [] }).then((run) => run.failed)") is None


# what goes wrong ------------------------------------------------------------------------------

BURST = putar.Model(
    name="burst",
    time=putar.TimeSpec(0.0, 8.0, 0.125, method="rk4"),
    units=(),
    variables=(
        putar.Variable("level", "stock", "1", equation("1"), inflows=("rise",)),
        putar.Variable("rise", "flow", "1/year", equation("pull * level ^ 2 / per")),
        putar.Variable("log", "aux", "1", equation("LN(1.5 - pull * TIME / per)")),
        putar.Variable("pull", "constant", "1", parameter=putar.Parameter(0.0)),
        putar.Variable("per", "constant", "year", parameter=putar.Parameter(1.0)),
    ),
)


def test_run_that_fails_says_where_and_when(browser: Any, tmp_path: Path) -> None:
    """The variable and the time are those that Python names; the next run is as if nothing had happened."""
    study = putar.load(BURST)
    tab = browser.new_page()
    visit(tab, small_page(study, tmp_path))
    for pull in (0.1, 0.4):
        failed = tab.evaluate("(wish) => RUNNER.run(wish).then((run) => run.failed)", {"set": {"pull": pull}})
        (failure,) = study.run(set={"pull": pull}).ensemble.failures or (None,)

        assert (failed is None) == (failure is None)
        if failure is not None:
            assert (failed["variable"], failed["time"]) == (failure.variable, failure.time)
            assert failure.why.startswith(failed["why"])
    assert_agrees(study, tab, {"set": {"pull": 0.05}}, set={"pull": 0.05})
    tab.close()


DICE = putar.Model(
    name="dice",
    time=putar.TimeSpec(0.0, 4.0, 0.25),
    units=(),
    variables=(
        putar.Variable("walk", "stock", "1", equation("0"), inflows=("step",)),
        putar.Variable("step", "flow", "1/year", equation("size * NORMAL(0, 1) / per")),
        putar.Variable("size", "constant", "1", parameter=putar.Parameter(1.0)),
        putar.Variable("per", "constant", "year", parameter=putar.Parameter(1.0)),
    ),
)


def test_random_functions_draw_what_python_draws(browser: Any, tmp_path: Path) -> None:
    """From the seed of the run that wrote the file, or one that is asked for."""
    study = putar.load(DICE)
    tab = browser.new_page()
    visit(tab, small_page(study, tmp_path, RunSpec(seed=11)))

    assert tab.evaluate("RUNNER.ready.then(({ worker }) => worker)") is True
    assert_agrees(study, tab, {"set": {"size": 2.0}}, set={"size": 2.0}, seed=11)
    assert_agrees(study, tab, {"seed": 12}, seed=12)
    tab.close()


def test_page_of_a_changed_run_runs_that_run(browser: Any, tmp_path: Path) -> None:
    """Without a wish it is the run that the file was written for; scenarios are laid over nothing else."""
    study = putar.load("openai-compute")
    asked: dict[str, Any] = {"scenario": "viral", "set": {"planner.order_ahead_share@2027.5": 0.3}}
    spec = study.spec(**asked, cut=["own_research"])
    tab = browser.new_page()
    visit(tab, small_page(study, tmp_path, spec))

    assert_agrees(study, tab, {}, **asked, cut=["own_research"])
    assert_agrees(study, tab, {"scenario": "base"})
    more = {"planner.order_ahead_share": 0.1}
    assert_agrees(study, tab, {"set": more}, scenario="viral", set=more, cut=["own_research"])
    tab.close()


REFUSALS = {
    "at once": "constructor() { throw new Error('refused'); }",
    "later": "constructor() { setTimeout(() => this.onerror(new Event('error')), 20); } postMessage() {}",
}


@pytest.mark.parametrize("refused", REFUSALS)
def test_without_workers_the_model_runs_beside_the_page(browser: Any, tmp_path: Path, refused: str) -> None:
    """A browser that refuses workers gets the same numbers, more slowly for who scrolls."""
    study = putar.load("openai-compute")
    context = browser.new_context()
    context.add_init_script(f"globalThis.Worker = class {{ {REFUSALS[refused]} terminate() {{}} }};")
    tab = context.new_page()
    visit(tab, small_page(study, tmp_path))

    assert tab.evaluate("RUNNER.ready")["worker"] is False
    assert_agrees(study, tab, {"scenario": "viral"}, scenario="viral")
    assert tab.evaluate("RUNNER.ensemble({ lane: 'test', members: 3 }).then((found) => found.done)") == 3
    context.close()


def test_model_that_differs_from_the_file_is_not_run(browser: Any, tmp_path: Path) -> None:
    """A page whose numbers are not the model's says so and stays a report."""
    study = putar.load("openai-compute")
    base = simulate(study.flywheel, RunSpec())
    headline = headline_rows(study.flywheel, base, None)
    headline[0]["points"][-1]["value"] *= 1.0 + 1e-7
    payload = {
        "model": {"title": "t"},
        "headline": headline,
        "live": live_row(study.flywheel, RunSpec(), base),
    }
    tab = browser.new_page()
    visit(tab, write_page(payload, tmp_path / "page.html").as_uri())
    said = tab.evaluate("RUNNER.ready.then(() => 'ready', (error) => error.message)")

    assert said == texts("en")["runner.differs"]
    assert tab.locator("#checksum-here").inner_text() == said
    tab.close()


def test_page_without_a_model_stays_a_report(browser: Any, tmp_path: Path) -> None:
    """A file that carries no model says so, and nothing is thrown."""
    tab = browser.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    visit(tab, write_page({"model": {"title": "t"}}, tmp_path / "page.html").as_uri())
    said = tab.evaluate("RUNNER.run({}).then(() => 'ran', (error) => error.message)")

    assert said == texts("en")["runner.absent"]
    assert troubles == []
    tab.close()


def test_footer_shows_the_checksum_of_the_command_line(opened: tuple[Study, Any]) -> None:
    """Both the one in the file and the one that the browser made."""
    study, tab = opened
    expected = checksum(study.flywheel, study.run().ensemble)
    tab.evaluate("RUNNER.ready")
    shown = tab.locator("footer").inner_text()

    assert shown.count(expected) == 2
