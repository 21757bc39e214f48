"""The Python door: models by name, path or by hand; runs, arrays of values, findings."""

from __future__ import annotations

import numpy as np
import pytest

import putar


def equation(text: str) -> putar.Equation:
    return putar.Equation(putar.parse_expression(text), text)


def pond(unit: str = "fish/year") -> putar.Model:
    """Return a logistic pond, built by hand."""
    return putar.Model(
        name="pond",
        time=putar.TimeSpec(0.0, 20.0, 0.125, method="rk4"),
        units=(putar.UnitDeclaration("fish"),),
        variables=(
            putar.Variable("fish", "stock", "fish", equation("start"), inflows=("births",)),
            putar.Variable("births", "flow", unit, equation("growth * fish * (1 - fish / room)")),
            putar.Variable("start", "constant", "fish", parameter=putar.Parameter(10.0)),
            putar.Variable("growth", "constant", "1/year", parameter=putar.Parameter(0.5)),
            putar.Variable("room", "constant", "fish", parameter=putar.Parameter(1000.0)),
        ),
    )


def test_a_model_built_by_hand_runs() -> None:
    """The exact logistic curve: room / (1 + (room / start - 1) exp(-growth t))."""
    run = putar.load(pond()).run(save=["fish"])
    exact = 1000 / (1 + 99 * np.exp(-0.5 * run["fish"].time.values))

    assert run["fish"].values == pytest.approx(exact, rel=1e-6)
    assert run["fish"].attrs["unit"] == "fish"


def test_a_model_built_by_hand_is_held_to_its_units() -> None:
    """The same errors as for a file."""
    with pytest.raises(putar.ModelErrors, match="births"):
        putar.load(pond(unit="fish"))


def test_an_array_of_values_gives_one_run_each() -> None:
    """The docs' grid: a value a member, two dates."""
    growth = np.linspace(0, 1, 1000)
    grid = putar.load(pond()).run(set={"growth": growth}, save=["fish"], save_at=[10, 20])

    assert grid["fish"].dims == ("time", "member")
    assert grid["fish"].shape == (2, 1000)
    assert grid["fish"].sel(time=10, member=0) == 10.0
    assert bool((np.diff(grid["fish"].values[0]) > 0).all())


def test_arrays_come_with_their_dimensions() -> None:
    """An array variable has its elements as coordinates."""
    run = putar.load("openai-compute").run(save=["capability.capability"], save_at=[2026])

    assert run["capability.capability"].dims == ("time", "actor")
    assert run["capability.capability"].sel(actor="openai").item() == pytest.approx(3.45, abs=0.01)
    assert (
        run["capability.capability[google]"].item() == run["capability.capability"].sel(actor="google").item()
    )


def test_findings_answer_in_python() -> None:
    """Links as a table, claims as verdicts, problems as a list."""
    study = putar.load("openai-compute")
    found = study.links(output="run_rate@2030")

    assert found.shapley["shapley"].sum() == pytest.approx(
        float(found.point.all - found.point.none), rel=1e-9
    )
    assert {finding.id for finding in study.claims(members=0)} >= {"sacrifice"} or len(
        study.claims(members=0)
    ) >= 11
    assert [problem for problem in study.check() if problem.severity == "error"] == []


def test_cut_and_scenario_act_as_on_the_command_line() -> None:
    """Cutting both money links from 2023 leaves the wheel almost still."""
    study = putar.load("openai-compute")
    cut = study.run(
        cut=["growth_capital", "vendor_finance"], cut_from=2023.0, save=["run_rate"], save_at=[2026]
    )

    assert cut["money.run_rate"].item() == pytest.approx(0.55, abs=0.01)
    glut = study.run(scenario="glut", save=["run_rate"], save_at=[2030])
    assert glut["money.run_rate"].item() == pytest.approx(88, abs=0.5)


def test_rows_that_are_scenarios_are_not_laid_over_another_one() -> None:
    """In the answer to a scenario the table of scenarios is the same; asked for by name it is refused."""
    study = putar.load("openai-compute")
    base, glut = (study.answer(name).payload["scenarios"] for name in ("base", "glut"))

    assert base["rows"] == glut["rows"]  # type: ignore[index]
    with pytest.raises(putar.UsageError, match="the rows of scenarios are scenarios already"):
        study.table("scenarios", "glut")


def test_an_answer_that_memory_cannot_hold_is_refused_before_any_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million draws of all combinations of links, with the two sizes in the message."""
    study = putar.load("openai-compute")
    monkeypatch.setattr("putar.runs.memory.memory_available", lambda: 4_000_000_000)
    monkeypatch.setattr("putar.workbench.answer.simulate", lambda *_, **__: pytest.fail("a run was begun"))

    with pytest.raises(putar.RunError, match=r"this run would keep \d+\.\d GB, 4\.0 GB are free"):
        study.answer(members=1_000_000)


def test_ensembles_are_the_same_for_any_number_of_threads_and_saved_variables() -> None:
    """Draws belong to seed, parameter and member."""
    study = putar.load("openai-compute")
    one = study.run(members=20, seed=5, save=["run_rate"], save_at=[2030])
    other = study.run(members=20, seed=5, save=["run_rate", "capacity"], save_at=[2028, 2030])

    assert np.array_equal(one["money.run_rate"].values[-1], other["money.run_rate"].values[-1])
    assert not np.array_equal(
        one["money.run_rate"].values,
        study.run(members=20, seed=6, save=["run_rate"], save_at=[2030])["money.run_rate"],
    )


def test_unknown_names_are_attribute_and_usage_errors() -> None:
    """Nothing is silently ignored."""
    with pytest.raises(AttributeError, match="has no attribute 'lod'"):
        _ = putar.lod
    with pytest.raises(putar.UsageError, match="did you mean 'openai-compute'"):
        putar.load("openai-compte")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"set": {"growth@soon": 1.0}}, "'soon' is no date"),
        ({"set": {"growth@30": 1.0}}, "the date 30 is outside the run"),
        ({"set": {"growth": "much"}}, "growth was given 'much'"),
        ({"set": {"growth": None}}, "growth was given no value"),
        ({"set": {"growth": []}}, "growth was given no value"),
        ({"members": 2.5}, "members cannot be 2.5"),
        ({"seed": 1.5}, "seed cannot be 1.5"),
        ({"save_at": []}, "a run that keeps nothing"),
        ({"save_at": [float("nan")]}, "the date nan is outside the run"),
    ],
)
def test_values_that_cannot_be_meant_are_usage_errors(options: dict[str, object], message: str) -> None:
    """No other exception than putar's own reaches a person."""
    with pytest.raises(putar.UsageError, match=message):
        putar.load(pond()).run(**options)


def test_settings_may_be_texts_as_on_the_command_line() -> None:
    """The same run as with a mapping; a date may be one of the calendar's or a number."""
    study = putar.load(pond())
    text = study.run(set=["growth=0.25@10"])["fish"]

    assert np.array_equal(text, study.run(set={"growth@10": 0.25})["fish"])
    assert not np.array_equal(text, study.run()["fish"])
