"""The JavaScript of a Program means what the judge says, in a real browser, whatever the program."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from putar.engine.ir import MEANING, Graph, Op, Program
from putar.engine.js_kernel import COMPARED, EMITTED, LOGICAL, javascript, kept_javascript
from putar.engine.operations import uniform
from putar.engine.reference import ReferenceKernel
from putar.runs.design import Design, Segment
from putar.runs.execute import execute
from tests.engine.programs import SPECIAL, chain, program, teacup
from tests.engine.test_kernels import (
    PARAMETERS,
    ROUNDED,
    TABLES,
    all_operations,
    assert_same,
    names,
    programs,
    run,
    special_members,
)

pytestmark = pytest.mark.browser
Array = NDArray[np.float64]

DRIVER = """([segments, draw]) => {
  const made = program();
  const bench = benchOf(made);
  const kept = keptSteps(made);
  const members = segments[0].P.length === 0 ? 1 : segments[0].P[0].length;
  const rows = [];
  for (let member = 0; member < members; member++) {
    const own = segments.map(({ first, P }) => ({ first, P: Float64Array.from(P, (row) => row[member]) }));
    const seed = BigInt(draw.seed);
    rows.push([...runThrough(made, bench, own, kept, { seed, member: draw.member + member }).R]);
  }
  return rows;
}"""


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    """An empty page; programs are given to it one after the other."""
    page = browser.new_page()
    yield page
    page.close()


def in_browser(
    tab: Any,
    made: Program,
    parameters: Array,
    *,
    segments: Sequence[tuple[int, Array]] = (),
    seed: int = 0,
    first_member: int = 0,
    **options: Any,
) -> Array:
    """What a program gives in the browser, [time, output, member]."""
    static = files("putar.workbench") / "static"
    room = "\n".join((static / name).read_text(encoding="utf-8") for name in ("draws.js", "steps.js"))
    text = f"(() => {{\n{room}\n{javascript(made, 'program', **options)}\nreturn {DRIVER};\n}})()"
    spans = [{"first": first, "P": held.tolist()} for first, held in ((0, parameters), *segments)]
    rows = tab.evaluate(text, [spans, {"seed": str(seed), "member": first_member}])
    found = np.array(rows, dtype=np.float64)
    return np.moveaxis(found.reshape(len(rows), len(made.outputs), -1), 0, 2).swapaxes(0, 1)


def test_every_operation_has_a_text() -> None:
    """Whoever adds an operation to the table is told to add it here."""
    assert {*EMITTED, *COMPARED, *LOGICAL} == set(MEANING)


@pytest.mark.parametrize("source", ["parameters", "states"])
def test_every_operation_on_special_values(tab: Any, source: str) -> None:
    """Zeros of both signs, infinities, NaN, denormals: the judge's answer, to the bit where IEEE says."""
    made, parameters = all_operations(source), special_members()
    expected = run(ReferenceKernel(made, names(made)), made, parameters)
    found = in_browser(tab, made, parameters)

    for i, name in enumerate(names(made)):
        if name.split()[0] in ROUNDED:
            np.testing.assert_allclose(found[:, i], expected[:, i], rtol=1e-14, atol=0, err_msg=name)
            ended = ~np.isfinite(expected[:, i]) | (expected[:, i] == 0.0)
            assert_same(found[:, i][ended], expected[:, i][ended], name)
        else:
            assert_same(found[:, i], expected[:, i], name)


def test_every_kind_of_table_has_the_same_bits(tab: Any) -> None:
    """At the points, between, outside and at special values."""
    g = Graph()
    outputs = {f"table{i}": g.lookup(i, g.param(0)) for i in range(len(TABLES))}
    made = program(g, [], outputs, tables=TABLES, parameters={"x": 0.0}, steps=0)
    points = np.array([x for table in TABLES for x in table.xs])
    beside = [np.nextafter(points, np.inf), np.nextafter(points, -np.inf)]
    xs = np.concatenate([points, *beside, np.linspace(-2, 20, 97), SPECIAL])

    assert_same(
        in_browser(tab, made, xs[None, :]), run(ReferenceKernel(made, names(made)), made, xs[None, :])
    )


@pytest.mark.parametrize("seed", [0, 7, -3, 2**63 + 5])
def test_draws_have_the_same_bits(tab: Any, seed: int) -> None:
    """A draw depends on seed, slot, member and step alone, and is held inside a step."""
    g = Graph()
    made = program(
        g,
        [("x", 0.0, g.random(3))],
        {"u": g.random(0), "v": g.random(3), "w": g.node(Op.ADD, g.random(0), g.param(0))},
        parameters={"a": 1.0},
        step=1.0,
        steps=4,
        method="rk4",
    )
    parameters = np.ones((1, 11))
    expected = run(ReferenceKernel(made, names(made)), made, parameters, seed=seed, first_member=40)
    found = in_browser(tab, made, parameters, seed=seed, first_member=40)

    assert found[2, 1, 7] == uniform(seed, 0, 47, 2)
    assert_same(found, expected)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(made=programs(exact=True))
def test_generated_programs_without_rounded_functions_have_the_same_bits(tab: Any, made: Program) -> None:
    """Whatever the graph, method and grid of time; also when it is cut into many small functions."""
    expected = run(ReferenceKernel(made, names(made)), made, PARAMETERS, seed=9)

    assert_same(in_browser(tab, made, PARAMETERS, seed=9), expected)
    assert_same(in_browser(tab, made, PARAMETERS, seed=9, largest=3), expected, "parts of three")


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(made=programs(exact=False))
def test_generated_programs_with_rounded_functions_agree(tab: Any, made: Program) -> None:
    """A unit in the last place of exp or log is all that they differ by."""
    parameters = np.array([[1.0, -2.0, 0.0, 0.5], [0.25, 3.0, -0.0, 1.5]])
    expected = run(ReferenceKernel(made, names(made)), made, parameters)
    scale = np.maximum(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0.0))

    np.testing.assert_allclose(in_browser(tab, made, parameters), expected, rtol=1e-11, atol=1e-12 * scale)


@pytest.mark.parametrize("largest", [3, 40, 100_000])
def test_parts_of_any_size_change_no_bit(tab: Any, largest: int) -> None:
    """The cut into functions is no part of the answer."""
    made, parameters = chain(6, steps=48), np.array([[4.0], [20.0]])
    whole = in_browser(tab, made, parameters)

    np.testing.assert_allclose(whole, run(ReferenceKernel(made, names(made)), made, parameters), rtol=1e-12)
    np.testing.assert_array_equal(in_browser(tab, made, parameters, largest=largest), whole)


@pytest.mark.parametrize("changes", [[], [5], [20], [21], [1, 7, 20, 21]])
def test_parameters_change_at_steps_as_in_parts_of_a_run(tab: Any, changes: list[int]) -> None:
    """Inside, at the last step, and at the very stop, where only the last row shows it."""
    made = chain(2, steps=21)
    held = [np.array([[4.0], [20.0]]) * (1.0 + 0.1 * k) for k in range(len(changes) + 1)]
    pieces = tuple(Segment(first, values) for first, values in zip([0, *changes], held, strict=True))
    expected = execute(made, Design(1, pieces), names(made), kernel="reference").values
    found = in_browser(tab, made, held[0], segments=list(zip(changes, held[1:], strict=True)))

    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("method", ["euler", "rk2", "heun", "rk4"])
def test_methods_converge_with_their_order(tab: Any, method: str) -> None:
    """Against the exact curve of a cup that cools."""
    exact = 70.0 + 110.0 * math.exp(-3.0)
    errors = []
    for step in (1.0, 0.5):
        made = teacup(step, method)
        errors.append(abs(in_browser(tab, made, np.empty((0, 1)))[-1, 0, 0] - exact))
    order = {"euler": 1, "rk2": 2, "heun": 2, "rk4": 4}[method]

    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def test_names_cannot_leave_the_script() -> None:
    """A name with markup or quotes stays a text."""
    g = Graph()
    made = program(g, [("</script><!-- \" ' \\ \u2028", 1.0, g.state(0))])
    text = javascript(made, "program")

    assert "</script" not in text
    assert "<!--" not in text
    assert text.isascii()


def test_kept_text_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second asking reads the text; another name, value or folder is made anew."""
    monkeypatch.setenv("PUTAR_CACHE", str(tmp_path / "cache"))
    made = teacup(0.5, "euler")
    text = kept_javascript(made, "program")
    kept_javascript(made, "other")
    kept_javascript(teacup(0.25, "euler"), "program")

    assert text == kept_javascript(made, "program") == javascript(made, "program")
    assert len(list((tmp_path / "cache").iterdir())) == 3
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PUTAR_CACHE", str(tmp_path / "file" / "none"))
    assert kept_javascript(made, "program") == text
