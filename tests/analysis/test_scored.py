"""A Program that scores loops beside the model's own variables."""

from pathlib import Path

import numpy as np
import pytest

from putar.analysis import scored
from putar.analysis.scored import scored_program, scored_script
from putar.engine.build import KERNELS
from putar.engine.js_kernel import javascript
from putar.runs.design import Change, design
from putar.runs.execute import execute
from tests.analysis.models import equations, loops, model_from


@pytest.mark.parametrize("kernel", KERNELS)
def test_variables_and_shares_come_from_one_run(kernel: str) -> None:
    """The model's own outputs are unchanged to the bit; shares are those of the search, in every kernel."""
    found, made = loops("yeast"), equations("yeast")
    program = scored_program(made, found)
    names = [name for name, _ in program.outputs]
    plain = execute(made.program, design(made.program), names[: -len(found.loops)], kernel=kernel)
    run = execute(program, design(program), names, kernel=kernel)

    assert names[-len(found.loops) :] == [f"loop {loop.id}" for loop in found.loops]
    np.testing.assert_array_equal(run.values[:, : len(plain.names)], plain.values)
    for loop in found.loops:
        assert run.series(f"loop {loop.id}")[:, 0] == pytest.approx(loop.share, abs=1e-9)


def test_shares_go_with_a_constant_and_links_with_them() -> None:
    """With another birth rate the shares are those of a run with it; a link's score is an output as well."""
    found, made = loops("births_deaths"), equations("births_deaths")
    program = scored_program(made, found, links=[("births", "population")])
    plan = design(program, [Change({"birth_rate": np.array([0.1, 0.2])})], 2)
    names = [name for name, _ in program.outputs]
    run = execute(program, plan, names)
    (births,) = (loop.id for loop in found.loops if "births" in loop.variables)

    assert run.series(f"loop {births}")[1:, 0] == pytest.approx(0.1 / 0.15)
    assert run.series(f"loop {births}")[1:, 1] == pytest.approx(0.2 / 0.25)
    assert run.series("link births > population")[1:, 1] == pytest.approx(0.2 / 0.15)


def test_loops_of_several_parts_are_shared_out_each_in_its_part(tmp_path: object) -> None:
    """Two wheels that know nothing of each other: each loop has the whole of its own part."""
    from putar.analysis.loops import find_loops
    from putar.analysis.trajectory import trajectory

    text = "time 0 to 5 step 0.125 : year\nconstant one : year = 1\n" + "".join(
        f"stock {name} : dmnl = 1\n  inflow {name}_gain\nflow {name}_gain : 1/year = 0.1 * {name} / one\n"
        for name in ("left", "right")
    )
    made = model_from(text, tmp_path)  # type: ignore[arg-type]
    found = find_loops(trajectory(made, design(made.program)))
    program = scored_program(made, found, outputs=())
    run = execute(program, design(program), [name for name, _ in program.outputs])

    assert len(run.names) == 2
    assert run.values[1:] == pytest.approx(1.0)


def test_script_of_shares_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the text of the Program of the shares alone; the second asking reads it."""
    monkeypatch.setenv("PUTAR_CACHE", str(tmp_path))
    found, made = loops("yeast"), equations("yeast")
    program = scored_program(made, found, outputs=(), varying=["births"], save_every=4)
    first = scored_script(made, found, found.loops, "shares", varying=["births"], save_every=4)
    monkeypatch.setattr(scored, "javascript", None)

    assert first == javascript(program, "shares", bare=True)
    assert scored_script(made, found, found.loops, "shares", varying=["births"], save_every=4) == first


def test_borders_between_equations_count(tmp_path: Path) -> None:
    """Two models of one Program whose variables read others are not the same formulas."""
    text = "time 0 to 1 step 1 : year\nconstant b : dmnl = 2\nstock s : dmnl = 1\n  inflow f\n"
    text += "aux a : dmnl = b * s\n"
    through, beside = (
        model_from(f"{text}flow f : 1/year = {reads} / year\nconstant year : year = 1\n", tmp_path)
        for reads in ("a", "(b * s)")
    )

    assert through.program.digest == beside.program.digest
    assert through.digest != beside.digest
