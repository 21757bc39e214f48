"""Scenarios as a part of the equations: a file of one runs as the scenario does."""

from pathlib import Path

import numpy as np
import pytest

import putar
from putar.flywheels.settled import settled

CASES = (
    ("openai-compute", "viral"),
    ("openai-compute", "funding_winter"),
    ("openai-compute", "default_parameters"),
    ("tesla-xai-spacex", "chip_delay"),
)


def same(before: putar.Run, after: putar.Run, names: dict[str, str]) -> list[str]:
    """The variables of one run that are others in another one."""
    columns = {name: index for index, name in enumerate(after.ensemble.names)}
    wrong = []
    for index, name in enumerate(before.ensemble.names):
        base, bracket, elements = name.partition("[")
        now = columns[names.get(name, f"{names.get(base, base)}{bracket}{elements}")]
        values = (before.ensemble.values[:, index, 0], after.ensemble.values[:, now, 0])
        if not np.allclose(*values, rtol=1e-12, atol=0.0, equal_nan=True):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("suffix", [".xmile", ".mdl"])
@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_file_of_a_scenario_runs_as_the_scenario(
    name: str, scenario: str, suffix: str, tmp_path: Path
) -> None:
    """Constants set from the start, moved on dates or scaled give the scenario's own numbers."""
    study = putar.load(name)
    done = study.write(tmp_path / f"file{suffix}", scenario)

    assert same(study.run(scenario), putar.load(tmp_path / f"file{suffix}").run(), dict(done.names)) == []
    assert not [loss for loss in done.losses if loss.what.startswith("the numbers of")]


def test_cut_links_and_settings_are_in_the_file(tmp_path: Path) -> None:
    """A link that is cut from a date, and a constant that is set from one, act in the file as well."""
    study = putar.load("openai-compute")
    (first, *_) = [v.name for v in study.model.variables if v.kind == "constant" and v.subsystem == "fleet"]
    changes, cut = [f"{first}=1.5@2027"], ["own_channel"]
    done = study.write(tmp_path / "file.xmile", set=changes, cut=cut)
    written = putar.load(tmp_path / "file.xmile").run()

    assert same(study.run(set=changes, cut=cut), written, dict(done.names)) == []
    assert same(study.run(), written, dict(done.names)) != []


def test_nothing_changes_where_nothing_is_asked() -> None:
    """The base run's model is the model."""
    study = putar.load("openai-compute")

    assert settled(study.flywheel, study.spec()) == study.model
