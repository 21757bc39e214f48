"""Rates, the flywheel number and margins against matrices whose answers are known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from putar.analysis.causal import causal_graph
from putar.analysis.jacobian import Jacobian, jacobian
from putar.analysis.margin import Margin, closed_form, group_margin, link_margin, margin, scaled_rate
from putar.analysis.spectrum import (
    elasticities,
    flywheel_number,
    influences,
    link_elasticities,
    local_rate,
    one_signed,
    participation,
    passing,
    step_matrices,
    window_rate,
)
from putar.analysis.trajectory import trajectory
from putar.analysis.wheel import wheel
from putar.runs.design import design
from tests.analysis.models import model_from, rows

Array = NDArray[np.float64]
STEP = 0.1

TWO = np.array([[-0.1, 0.3], [0.2, -0.2]])
RING = np.array([[-0.2, 0.0, 0.5], [0.4, -0.1, 0.0], [0.0, 0.3, -0.3]])
RING_LINKS = ((0, 2), (1, 0), (2, 1))


def rate_of(matrix: Array, part: Array) -> Callable[[Array], Array]:
    """The window rate of a frozen matrix, by the factor on a part of it."""

    def rate(factors: Array) -> Array:
        scaled = matrix + (factors - 1.0)[:, None, None] * part
        return window_rate((np.eye(len(matrix)) + STEP * scaled)[None], STEP)

    return rate


def single(matrix: Array, *links: tuple[int, int]) -> Array:
    """A matrix with only some entries of another."""
    part = np.zeros_like(matrix)
    for link in links:
        part[link] = matrix[link]
    return part


def of_link(matrix: Array, *links: tuple[int, int]) -> Margin:
    """The margin of entries of a frozen matrix."""
    return margin(rate_of(matrix, single(matrix, *links)))


def factor(found: Margin) -> float:
    """The stall factor."""
    assert found.value is not None
    return 1.0 - found.value


def closed(matrix: Array, link: tuple[int, int]) -> float | None:
    """The stall factor of one entry in closed form."""
    below, above = np.eye(len(matrix))[[link[0], link[1]]]
    return closed_form(matrix - single(matrix, link), below, above, float(matrix[link]))


def test_st_01_rate_and_elasticities() -> None:
    """The leading eigenvalue is 0.1, real and of one sign; elasticities sum to one."""
    rate, real = local_rate(TWO)
    slope, elasticity = elasticities(TWO)

    assert rate == pytest.approx(0.1, abs=1e-14)
    assert real
    assert one_signed(TWO)
    assert slope == pytest.approx(np.array([[0.6, 0.4], [0.6, 0.4]]), abs=1e-13)
    assert elasticity == pytest.approx(np.array([[-0.6, 1.2], [1.2, -0.8]]), abs=1e-12)
    assert elasticity.sum() == pytest.approx(1.0, abs=1e-12)


def pair(folder: Path, step: float = 0.125) -> Jacobian:
    """The Jacobian of ST-01 as that of a model: two stocks, two gains, two losses."""
    text = (
        f"time 0 to 5 step {step} : year\n"
        "stock a : dmnl = 1\n  inflow a_gain\n  outflow a_loss\n"
        "stock b : dmnl = 1\n  inflow b_gain\n  outflow b_loss\n"
        "aux seen : dmnl = 0.6 * b\nflow a_gain : 1/year = 0.5 * seen\nflow a_loss : 1/year = 0.1 * a\n"
        "flow b_gain : 1/year = 0.2 * a\nflow b_loss : 1/year = 0.2 * b\n"
    )
    found = model_from(text, folder)
    run = trajectory(found, design(found.program))
    return jacobian(run, causal_graph(found))


def test_st_01_elasticities_of_links(tmp_path: Path) -> None:
    """A link has the elasticity of the matrix entry it makes, wherever on the way between stocks it lies."""
    found = link_elasticities(pair(tmp_path))
    assert found is not None

    for link in (("b", "seen"), ("seen", "a_gain"), ("a_gain", "a"), ("a", "b_gain")):
        assert found[link].elasticity == pytest.approx(1.2, abs=1e-12)
        assert found[link].influence == pytest.approx(0.12, abs=1e-13)
    assert found["a", "a_loss"].elasticity == pytest.approx(-0.6, abs=1e-12)
    assert found["b", "b_loss"].elasticity == pytest.approx(-0.8, abs=1e-12)


def test_elasticities_of_a_swinging_pair_are_complex_and_sum_to_one() -> None:
    """Prey and predators turn about: complex elasticities, with the real parts of the entries'."""
    run = rows("predator", None, "euler")
    found = jacobian(run, causal_graph(run.formulas))
    each = link_elasticities(found, 300)
    assert each is not None
    into = [value.elasticity for link, value in each.items() if link[1] in found.stocks]

    assert sum(into) == pytest.approx(1.0, abs=1e-9)  # each rate is the sum of its flows
    assert max(abs(value.imag) for value in into) > 0.01
    entries = elasticities(found.matrix[300, 0])[1]
    assert sum(value.real for value in into) == pytest.approx(entries.sum(), abs=1e-9)


def test_a_defective_eigenvalue_has_no_elasticities() -> None:
    """Two stocks in a row with one and the same rate: no simple eigenvalue, so nothing is computed."""
    _, elasticity = elasticities(np.array([[0.1, 1.0], [0.0, 0.1]]))

    assert np.isnan(elasticity).all()


def test_two_stocks_that_share_the_leading_eigenvalue() -> None:
    """Of two stocks that fade alike neither has elasticities; one of them is said to carry what is left."""
    twins = np.diag([-0.2, -0.2, -1.0])
    part = participation(passing(np.repeat((np.eye(3) + STEP * twins)[None], 10, axis=0)))

    assert np.isnan(elasticities(twins)[1]).all()
    assert part.sum() == pytest.approx(1.0, abs=1e-12)
    assert part[2] == 0.0


@pytest.mark.parametrize("size", [1e-9, 1e9])
def test_elasticities_do_not_depend_on_units(size: float) -> None:
    """A stock told in other units leaves elasticities as they are, however far apart the units."""
    scale = np.diag([1.0, size])
    _, elasticity = elasticities(scale @ TWO @ np.linalg.inv(scale))

    assert elasticity == pytest.approx(np.array([[-0.6, 1.2], [1.2, -0.8]]), abs=1e-9)


def test_st_02_margin_of_a_link_of_a_model(tmp_path: Path) -> None:
    """In a model whose matrix does not change the closed form is taken, on every row the same."""
    found = link_margin(pair(tmp_path), ("b", "seen"))

    assert found.value == pytest.approx(2.0 / 3.0, abs=1e-12)
    assert found.method == "closed form"
    assert found.pointwise == pytest.approx((2.0 / 3.0, 2.0 / 3.0), abs=1e-12)


def test_links_that_weaken_together(tmp_path: Path) -> None:
    """Links of one chain multiply: both to the root of a third. The two links of the ring likewise."""
    found = pair(tmp_path)
    formulas = model_from((tmp_path / "made.putar").read_text(encoding="utf-8"), tmp_path)
    graph = causal_graph(formulas)
    chain = group_margin(formulas, graph, found, [("b", "seen"), ("seen", "a_gain")])
    ring = group_margin(formulas, graph, found, [("b", "seen"), ("a", "b_gain")])
    alone = group_margin(formulas, graph, found, [("b", "seen")])

    assert factor(chain) == pytest.approx(1 / np.sqrt(3.0), abs=1e-8)
    assert factor(ring) == pytest.approx(1 / np.sqrt(3.0), abs=1e-8)
    assert factor(alone) == pytest.approx(1 / 3.0, abs=1e-8)
    with pytest.raises(ValueError, match="a > b is no link"):
        group_margin(formulas, graph, found, [("a", "b")])


def test_a_changing_matrix_is_bisected_between_its_rows() -> None:
    """While room fills the frozen rows differ; the window's margin, by bisection, lies between theirs."""
    run = rows("logistic")
    found = jacobian(run, causal_graph(run.formulas)).window(10.0, 25.0)
    margin_found = link_margin(found, ("population", "net_births"))
    assert margin_found.value is not None
    assert margin_found.pointwise is not None

    assert margin_found.method == "bisection"
    assert margin_found.pointwise[0] < margin_found.value < margin_found.pointwise[1]


def test_st_02_margin_of_a_link() -> None:
    """Link (1, 2) may weaken to a third, by bisection and in closed form; the slope would say 0.8333."""
    slope, _ = elasticities(TWO)
    found = margin(rate_of(TWO, single(TWO, (0, 1))), float(slope[0, 1] * TWO[0, 1]))

    assert factor(found) == pytest.approx(1.0 / 3.0, abs=1e-8)
    assert found.value == pytest.approx(2.0 / 3.0, abs=1e-8)
    assert closed(TWO, (0, 1)) == pytest.approx(1.0 / 3.0, abs=1e-14)
    assert 0.1 / (slope[0, 1] * TWO[0, 1]) == pytest.approx(0.8333, abs=5e-5)


def test_st_03_flywheel_number() -> None:
    """R is the root of three, and a uniform factor of 1/R on all that raises a rate stalls the wheel."""
    off = TWO - np.diag(np.diag(TWO))
    number = flywheel_number(off, np.diag(np.diag(TWO)))

    assert number.value == pytest.approx(1.7320508, abs=5e-8)
    assert factor(margin(rate_of(TWO, off))) == pytest.approx(1 / np.sqrt(3.0), abs=1e-8)


def test_st_04_ring() -> None:
    """In a ring of three every link may weaken to a tenth, all together to the cube root of a tenth."""
    rate, _ = local_rate(RING)
    assert rate == pytest.approx(0.2, abs=1e-13)
    for link in RING_LINKS:
        assert factor(of_link(RING, link)) == pytest.approx(0.1, abs=1e-8)
        assert closed(RING, link) == pytest.approx(0.1, abs=1e-12)
    assert factor(of_link(RING, *RING_LINKS)) == pytest.approx(0.46415888, abs=1e-8)


def test_st_05_ring_with_own_reinforcement() -> None:
    """With 0.05 of the second stock's loss made good by itself the rate and the factors move."""
    matrix = RING.copy()
    matrix[1, 1] = -0.05
    rate, _ = local_rate(matrix)

    assert rate == pytest.approx(0.22217339, abs=5e-9)
    for link in RING_LINKS:
        assert factor(of_link(matrix, link)) == pytest.approx(0.05, abs=1e-8)


def test_st_06_a_link_that_is_not_critical() -> None:
    """Where a stock grows by itself no link of the ring can stall the wheel."""
    matrix = RING.copy()
    matrix[1, 1] = 0.02
    for link in RING_LINKS:
        found = of_link(matrix, link)
        assert found.value == 1.0
        assert found.why == "not critical: the rest turns alone"


def test_st_07_a_changing_link() -> None:
    """A link that swings: the window's rate and margin, and how far the pointwise factors range."""
    times = STEP * np.arange(62)
    swing = 1.0 + 0.5 * np.sin(times)
    matrices = np.repeat(TWO[None], 62, axis=0)
    part = np.zeros_like(matrices)
    part[:, 0, 1] = 0.3 * swing
    matrices = matrices - np.repeat(single(TWO, (0, 1))[None], 62, axis=0) + part

    def rate(factors: Array) -> Array:
        scaled = matrices[:, None] + (factors - 1.0)[None, :, None, None] * part[:, None]
        return window_rate(np.eye(2) + STEP * scaled, STEP)

    pointwise = [closed(matrix, (0, 1)) for matrix in matrices]
    assert float(rate(np.ones(1))[0]) == pytest.approx(0.09883560, abs=5e-9)
    assert factor(margin(rate)) == pytest.approx(0.33391637, abs=1e-8)
    assert min(p for p in pointwise if p is not None) == pytest.approx(0.2222, abs=1e-4)
    assert max(p for p in pointwise if p is not None) == pytest.approx(0.6667, abs=1e-3)


def test_st_08_an_accumulator_is_no_flywheel(tmp_path: object) -> None:
    """What only adds up an output is outside the wheel, and its eigenvalue 0 is not the wheel's rate."""
    text = (
        "time 0 to 5 step 0.125 : year\n"
        "stock a : dmnl = 1\n  inflow a_gain\n  outflow a_loss\n"
        "stock b : dmnl = 1\n  inflow b_gain\n  outflow b_loss\n"
        "stock sold : dmnl = 0\n  inflow selling\n"
        "flow a_gain : 1/year = 0.1 * b\nflow a_loss : 1/year = 0.3 * a\n"
        "flow b_gain : 1/year = 0.2 * a\nflow b_loss : 1/year = 0.4 * b\nflow selling : 1/year = a + b\n"
    )
    found = model_from(text, tmp_path)  # type: ignore[arg-type]
    run = trajectory(found, design(found.program))
    spin = wheel(run, causal_graph(found), 0.0, 5.0)

    assert spin is not None
    assert set(spin.stocks) == {"a", "b"}
    assert spin.local == pytest.approx(-0.2, abs=1e-12)
    assert not spin.spins


def test_st_09_arms_race() -> None:
    """The leading eigenvalue of the three parties."""
    run = rows("arms_race")
    found = jacobian(run, causal_graph(run.formulas))
    rate, real = local_rate(found.matrix[:, 0])

    assert rate == pytest.approx(0.00159303, abs=5e-9)
    assert real.all()


entries = st.lists(st.floats(0.0, 2.0), min_size=9, max_size=9)


@given(gains=entries, losses=st.lists(st.floats(0.05, 2.0), min_size=3, max_size=3))
def test_st_10_sign_of_the_rate_is_that_of_the_number_less_one(
    gains: list[float], losses: list[float]
) -> None:
    """On matrices where no stock holds another down, the rate is above 0 exactly where R is above 1."""
    gives = np.array(gains).reshape(3, 3) * (1.0 - np.eye(3))
    takes = -np.diag(losses)
    rate, _ = local_rate(gives + takes)
    number = flywheel_number(gives, takes).value
    assert number is not None
    if abs(rate) > 1e-9 and abs(number - 1.0) > 1e-9:
        assert np.sign(rate) == np.sign(number - 1.0)


@given(gains=entries, losses=st.lists(st.floats(0.2, 2.0), min_size=3, max_size=3))
def test_st_10_closed_form_is_bisection(gains: list[float], losses: list[float]) -> None:
    """Where the closed form holds it gives what bisection gives."""
    matrix = np.array(gains).reshape(3, 3) * (1.0 - np.eye(3)) - np.diag(losses)
    exact = closed(matrix, (0, 1))
    found = of_link(matrix, (0, 1))
    if exact is not None and found.value not in (None, 1.0) and 1e-3 < exact < 0.999:
        assert factor(found) == pytest.approx(exact, abs=2e-8)


def test_a_standing_wheel_says_what_it_would_take() -> None:
    """Losses above gains: no margin, but the gain at which it would start."""
    matrix = np.array([[-0.5, 0.3], [0.2, -0.5]])
    found = of_link(matrix, (0, 1))

    assert found.value is None
    assert found.required == pytest.approx(0.25 / 0.06, rel=1e-6)
    assert "does not turn by itself; it would need 4.17 times" in found.why


def test_a_link_that_holds_back_has_an_overload_margin() -> None:
    """A balancing link: how much stronger it may become before the wheel stalls."""
    matrix = np.array([[0.3, -0.1], [0.2, -0.4]])
    found = of_link(matrix, (0, 1))

    assert found.value is None
    assert found.overload == pytest.approx(5.0, rel=1e-6)


def differences(name: str, row: int, size: float = 1e-6) -> tuple[Array, Jacobian]:
    """The Jacobian of a model by differences of its rates, and by its equations."""
    run = rows(name)
    found = jacobian(run, causal_graph(run.formulas))
    graph_values = {key: float(value[row, 0]) for key, value in run.values.items()}
    formulas = run.formulas

    def rates(values: dict[str, float]) -> Array:
        from putar.engine.operations import MEANING

        known = dict(values)

        def at(index: int) -> float:
            node = formulas.graph.nodes[index]
            if node.op == "state":
                return known[formulas.leaves[node.key]]  # type: ignore[index]
            if node.op == "param":
                return known[formulas.program.parameters[node.key]]  # type: ignore[index]
            if node.op == "time":
                return known["TIME"]
            if node.op == "const":
                return float(node.key or 0.0)
            if node.op == "lookup":
                return formulas.program.tables[node.key].at(at(node.args[0]))  # type: ignore[index]
            return MEANING[node.op](*[at(a) for a in node.args])

        for key, formula in formulas.all.items():
            if not formula.keeps:
                known[key] = at(formula.node)
        return np.array([at(formulas.all[key].node) for key in found.stocks])

    columns = []
    for key in found.stocks:
        step = size * max(1.0, abs(graph_values[key]))
        up, down = (rates({**graph_values, key: graph_values[key] + sign * step}) for sign in (1, -1))
        columns.append((up - down) / (2 * step))
    return np.array(columns).T, found


@pytest.mark.parametrize("name", ["bass", "yeast", "predator", "supply", "market", "arms_race", "logistic"])
def test_jacobian_is_that_of_differences(name: str) -> None:
    """The Jacobian from the equations agrees with central differences, hidden stages of delays included."""
    for row in (5, 40):
        numbers, found = differences(name, row)
        assert found.matrix[row, 0] == pytest.approx(numbers, rel=1e-5, abs=1e-7)


def test_influence_is_the_slope_of_the_window_rate() -> None:
    """The influence of a link is the derivative of the window's rate by its strength."""
    run = rows("predator", None, "euler")
    found = jacobian(run, causal_graph(run.formulas)).window(0.0, 5.0)
    slopes = influences(found)
    for link, slope in slopes.items():
        gain, below, above = (each[:, 0] for each in found.ends(link))
        rate = scaled_rate(found, gain[:, None, None] * below[:, :, None] * above[:, None, :])
        low, high = rate(np.array([1.0 - 1e-6, 1.0 + 1e-6]))
        assert slope == pytest.approx((high - low) / 2e-6, abs=2e-5)


def test_window_rate_does_not_overflow() -> None:
    """A long product of large matrices keeps its rate."""
    steps = np.repeat(np.array([[[1e6, 1.0], [0.0, 2.0]]]), 3000, axis=0)

    assert window_rate(steps, 0.5) == pytest.approx(np.log(1e6) / 0.5, rel=1e-12)


def test_a_wheel_that_spins_and_its_weakest_link() -> None:
    """Two stocks that feed each other spin with the geometric mean of their gains."""
    run = rows("ring")
    spin = wheel(run, causal_graph(run.formulas), 0.0, 10.0)

    assert spin is not None
    assert spin.spins
    assert spin.local == pytest.approx(np.sqrt(0.08), rel=1e-12)
    assert spin.rate == pytest.approx(np.log1p(0.25 * np.sqrt(0.08)) / 0.25, rel=1e-9)
    assert link_margin(
        jacobian(run, causal_graph(run.formulas)), ("first", "second_gain")
    ).value == pytest.approx(1.0, abs=1e-6)


def test_a_stock_that_grows_alone_is_no_wheel(tmp_path: object) -> None:
    """A need that grows by itself is named and held; the wheel behind it is judged without it."""
    text = (
        "time 0 to 5 step 0.125 : year\n"
        "stock need : dmnl = 1\n  inflow growing\n  outflow shrinking\n"
        "stock plant : dmnl = 1\n  inflow building\n  outflow wearing\n"
        "flow growing : 1/year = 0.5 * need\nflow shrinking : 1/year = 0.001 * need * plant\n"
        "flow building : 1/year = 0.1 * need\nflow wearing : 1/year = 0.3 * plant\n"
    )
    found = model_from(text, tmp_path)  # type: ignore[arg-type]
    spin = wheel(trajectory(found, design(found.program)), causal_graph(found), 0.0, 1.0)

    assert spin is not None
    assert [alone.name for alone in spin.alone] == ["need"]
    assert spin.alone[0].rate == pytest.approx(0.49, abs=0.02)
    assert spin.stocks == ("plant",)
    assert not spin.spins


def test_steps_of_a_method_of_order_four() -> None:
    """Under rk4 a step of a linear model grows as the method grows it, to rounding."""
    run = rows("ring", 0.25, "rk4")
    found = jacobian(run, causal_graph(run.formulas))
    state = np.array([run.values[name][:, 0] for name in found.stocks])

    assert (step_matrices(found)[0, 0] @ state[:, 0]) == pytest.approx(state[:, 1], rel=1e-13)


def test_a_rate_that_only_rounds_to_zero_is_none() -> None:
    """A stock that keeps what it has holds the rate at 0 where the wheel fades: rounding is no growth.

    By hand: max(0, factor - 0.85), with a noise of 1e-16 of either sign where it is 0, stalls at 0.85.
    """

    def rate(factors: NDArray[np.float64]) -> NDArray[np.float64]:
        noise = 1e-16 * np.where(np.arange(len(factors)) % 2, 1.0, -1.0)
        return np.maximum(factors - 0.85, 0.0) + noise

    found = margin(rate)
    assert found.value == pytest.approx(0.15, abs=1e-9)


@pytest.mark.parametrize("stall", [0.1, 0.5, 0.8437, 0.99999])
def test_the_crossing_is_found_by_few_looks(stall: float) -> None:
    """Of a rate that bends, and of one that drops out of all numbers below its crossing."""
    looks = 0

    def rate(factors: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal looks
        looks += len(factors)
        return np.where(factors < stall, -np.inf if stall == 0.5 else factors - stall, factors**3 - stall**3)

    found = margin(rate)
    assert found.value == pytest.approx(1.0 - stall, abs=1e-9)
    assert looks < 120
