"""Link scores, loop scores and shares against tables and theorems of the literature."""

from pathlib import Path

import numpy as np
import pytest

from putar.analysis.causal import CausalGraph, causal_graph, contracted
from putar.analysis.circuits import exhaustive, strongest
from putar.analysis.closing import shortest_ring
from putar.analysis.loops import LoopFinding, find_loops
from putar.analysis.naming import AskedLoop
from putar.analysis.scores import Circuit, LinkScores, Listing, link_scores, shares
from putar.analysis.trajectory import trajectory
from putar.runs.design import design
from tests.analysis.models import equations, loops, model_from, rows


def scores_of(text: str, folder: Path) -> dict[tuple[str, str], float]:
    """The scores of a made model's links over its second row."""
    found = model_from(text, folder)
    run = trajectory(found, design(found.program))
    graph = causal_graph(found)
    every = link_scores(run, graph, range(len(graph.links)))
    return {graph.links[n]: float(every.values[n, 1]) for n in range(len(graph.links))}


def loop_with(finding: LoopFinding, *names: str) -> np.ndarray:
    """The share of the loop of just these variables, whatever their order."""
    (found,) = (loop for loop in finding.loops if set(loop.variables) == set(names))
    return found.share


def raw_with(finding: LoopFinding, *names: str) -> np.ndarray:
    """The raw score of the loop of just these variables."""
    (found,) = (
        n for n, circuit in enumerate(finding.shares.circuits) if set(circuit.variables) == set(names)
    )
    return finding.shares.raw[:, found]


STEP = "time 0 to 2 step 1 : year\n"


def test_lt_01_linear_equation(tmp_path: Path) -> None:
    """z = 2x + y with x from 5 to 7 and y from 4 to 5: scores 0.8 and 0.2."""
    text = STEP + "aux x : dmnl = 5 + 2 * TIME\naux y : dmnl = 4 + TIME\naux z : dmnl = 2 * x + y\n"
    found = scores_of(text, tmp_path)

    assert found["x", "z"] == pytest.approx(0.8, abs=1e-15)
    assert found["y", "z"] == pytest.approx(0.2, abs=1e-15)


def test_lt_02_quotient(tmp_path: Path) -> None:
    """z = (w + x) / y with w 7 to 10, x 2 to 4, y 3 to 5: scores 5, 3.3333 and -6."""
    parts = "aux w : dmnl = 7 + 3 * TIME\naux x : dmnl = 2 + 2 * TIME\naux y : dmnl = 3 + 2 * TIME\n"
    found = scores_of(STEP + parts + "aux z : dmnl = (w + x) / y\n", tmp_path)

    assert found["w", "z"] == pytest.approx(5.0, rel=1e-12)
    assert found["x", "z"] == pytest.approx(10.0 / 3.0, rel=1e-12)
    assert found["y", "z"] == pytest.approx(-6.0, rel=1e-12)


@pytest.mark.parametrize("net", [False, True])
def test_lt_02b_flow_to_stock(tmp_path: Path, net: bool) -> None:
    """In 5 to 10, out 4 to 5, net 1 to 5: +1.25 and -0.25, with separate flows and with one net flow."""
    kind = "aux" if net else "flow"
    text = STEP + f"{kind} coming : 1/year = 5 + 5 * TIME\n{kind} going : 1/year = 4 + TIME\n"
    if net:
        text += "flow change : 1/year = coming - going\nstock s : dmnl = 1\n  inflow change\n"
        found = scores_of(text, tmp_path)
        to_stock = {name: found[name, "change"] * found["change", "s"] for name in ("coming", "going")}
    else:
        found = scores_of(text + "stock s : dmnl = 1\n  inflow coming\n  outflow going\n", tmp_path)
        to_stock = {name: found[name, "s"] for name in ("coming", "going")}

    assert to_stock["coming"] == pytest.approx(1.25, rel=1e-14)
    assert to_stock["going"] == pytest.approx(-0.25, rel=1e-14)


BASS_B = ("potential", "probability", "potential_contacts", "by_word_of_mouth", "adoption")
BASS_R = ("adopters", "adopter_contacts", "potential_contacts", "by_word_of_mouth", "adoption")


@pytest.mark.parametrize(
    ("label", "balancing", "reinforcing", "b_share", "r_share"),
    [
        (9.5, -9.958, 11.46, -0.465, 0.535),
        (9.5625, -9358.0, 9806.0, -0.488, 0.512),
        (9.625, -10.91, 10.41, -0.512, 0.488),
    ],
)
def test_lt_03_bass_table(
    label: float, balancing: float, reinforcing: float, b_share: float, r_share: float
) -> None:
    """The published table of the Bass model, to the digits printed; its labels are the interval's start."""
    found = loops("bass")
    row = round(label * 16) + 1

    assert float(f"{raw_with(found, *BASS_B)[row]:.4g}") == balancing
    assert float(f"{raw_with(found, *BASS_R)[row]:.4g}") == reinforcing
    assert loop_with(found, *BASS_B)[row] == pytest.approx(b_share, abs=5e-4)
    assert loop_with(found, *BASS_R)[row] == pytest.approx(r_share, abs=5e-4)


def test_lt_03_other_links_of_bass_are_one() -> None:
    """Every link of the Bass model but those into the contacts is +-1 as long as anything moves."""
    run = rows("bass")
    graph = causal_graph(run.formulas)
    found = link_scores(run, graph, graph.inner)
    for link, values in zip(found.links, found.values, strict=True):
        if graph.links[link][1] != "potential_contacts":
            moving = values[1:161]
            assert np.abs(moving[moving != 0.0]) == pytest.approx(1.0, rel=1e-9)


def test_lt_04_logistic() -> None:
    """The balancing loop's share at a label is minus the room used, to a twentieth of a percent."""
    found = loops("logistic")
    share = loop_with(found, "population", "growth_rate", "net_births")
    population = rows("logistic").values["population"][:, 0]
    labels = np.arange(1, 99)

    assert 100 * share[labels + 1] == pytest.approx(-100 * population[labels] / 1000.0, abs=0.051)
    assert [round(100 * float(share[label + 1]), 1) for label in (46, 47)] == [-49.9, -52.9]
    assert round(100 * float(share[2]), 2) == -0.56


YEAST = {
    "R": ("cells", "births"),
    "B1": ("cells", "deaths"),
    "B2": ("cells", "making", "alcohol", "births"),
    "B3": ("cells", "making", "alcohol", "deaths"),
}


def test_lt_05_yeast_with_the_older_flow_link() -> None:
    """With the value-based flow link of 2020 the phases are the published ones, for birth time 15."""
    run = rows("yeast")
    graph = causal_graph(run.formulas)
    link = link_scores(run, graph, graph.inner)
    score = {graph.links[n]: link.of(n) for n in graph.inner}
    births, deaths = (run.values[name][:, 0] for name in ("births", "deaths"))
    net = births - deaths
    older_births = np.r_[0.0, np.abs(births / net)[:-1]]
    older_deaths = np.r_[0.0, -np.abs(deaths / net)[:-1]]
    alcohol = score["cells", "making"] * score["making", "alcohol"]
    raw = np.array(
        [
            score["cells", "births"] * older_births,
            score["cells", "deaths"] * older_deaths,
            alcohol * score["alcohol", "births"] * older_births,
            alcohol * score["alcohol", "deaths"] * older_deaths,
        ]
    )
    share = raw / np.abs(raw).sum(axis=0).clip(1e-300)
    leader = np.abs(share).argmax(axis=0)
    times = run.times

    assert run.values["cells"][:, 0].max() == pytest.approx(40.3716, abs=5e-5)
    assert times[run.values["cells"][:, 0].argmax()] == 66.5
    # labels of the paper are the start of the interval, and so one row before ours
    for phase, first, last in ((0, 0.5, 51.5), (2, 52.5, 66.0), (3, 67.0, 75.5), (1, 76.0, 100.0)):
        inside = (times - 0.5 >= first) & (times - 0.5 <= last - 0.5)
        assert set(leader[inside]) == {phase}
    row = round(74.5 / 0.5)
    assert np.abs(share[:, row]).max() < 0.5
    assert abs(share[0, row] + share[1, row]) > abs(share[3, row])


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (40.0, (0.7830, -0.0001, -0.2168, -0.0001)),
        (52.0, (0.5018, -0.0006, -0.4935, -0.0041)),
        (66.0, (0.0080, -0.0049, -0.4715, -0.5156)),
        (74.5, (-0.0231, -0.3500, -0.0240, -0.6029)),
        (90.0, (-0.0386, -0.9605, 0.0, -0.0009)),
    ],
)
def test_lt_06_yeast(time: float, expected: tuple[float, ...]) -> None:
    """The shares of the four loops of yeast with the flow link of 2023."""
    found = loops("yeast")
    row = round(time / 0.5)

    assert [loop_with(found, *YEAST[name])[row] for name in YEAST] == pytest.approx(expected, abs=6e-5)


def test_lt_06_yeast_leaders() -> None:
    """The largest loop changes at 52.5, 66 and 76."""
    found = loops("yeast")
    leader = found.leader()
    switches = found.times[1:][np.diff(leader) != 0]

    assert switches[-3:].tolist() == [52.5, 66.0, 76.0]


def test_lt_07_arms_race_structure() -> None:
    """Eight loops in one partition; the two ways around are different loops."""
    found = loops("arms_race")
    stocks = [tuple(name for name in loop.variables if len(name) == 1) for loop in found.loops]

    assert found.exact
    assert len(found.loops) == 8
    assert {loop.partition for loop in found.loops} == {0}
    assert ("a", "b", "c") in stocks
    assert ("a", "c", "b") in stocks
    assert [loop.structure for loop in found.loops].count("B") == 3


def test_lt_08_arms_race_numbers() -> None:
    """Regression values of the three parties and of the two long loops."""
    found, run = loops("arms_race"), rows("arms_race")
    late = found.times >= 75.0
    names = {"".join(n for n in loop.variables if len(n) == 1): loop.share for loop in found.loops}

    assert [float(run.values[name][-1, 0]) for name in "abc"] == pytest.approx(
        [116.048, 119.872, 115.922], abs=5e-4
    )
    assert names["abc"][late] == pytest.approx(0.4064, abs=5e-4)
    assert names["acb"][late] == pytest.approx(0.5464, abs=5e-4)


@pytest.mark.parametrize("model", ["compound", "ring"])
@pytest.mark.parametrize("step", [1.0, 0.5, 0.25])
def test_lt_09_an_isolated_loop_scores_one(model: str, step: float) -> None:
    """A loop alone scores +1, whatever its gain and the step."""
    found = loops(model, step)

    assert found.shares.raw[1:, 0] == pytest.approx(1.0, abs=1e-9)
    assert found.loops[0].polarity == "R"


SPLIT = """time 0 to 20 step 0.5 : year
stock s : dmnl = 100
  inflow births
  outflow {outflows}
flow births : 1/year = 0.1 * s * (1 - s / 1000)
{flows}
"""


def test_lt_10_splitting_and_merging_flows(tmp_path: Path) -> None:
    """An outflow in two parts, or all flows in one net flow, leaves the shares as they are."""
    texts = {
        "one": SPLIT.format(outflows="deaths", flows="flow deaths : 1/year = s / 15"),
        "two": SPLIT.format(
            outflows="early\n  outflow late",
            flows="flow early : 1/year = s / 45\nflow late : 1/year = s * 2 / 45",
        ),
        "net": "time 0 to 20 step 0.5 : year\nstock s : dmnl = 100\n  inflow net\n"
        "aux births : 1/year = 0.1 * s * (1 - s / 1000)\naux deaths : 1/year = s / 15\n"
        "flow net : 1/year = births - deaths\n",
    }
    share = {}
    for name, text in texts.items():
        found = model_from(text, tmp_path)
        finding = find_loops(trajectory(found, design(found.program)))
        births = [loop.share for loop in finding.loops if "births" in loop.variables]
        others = [loop.share for loop in finding.loops if "births" not in loop.variables]
        share[name] = np.array([births[0], np.sum(others, axis=0)])

    assert share["two"] == pytest.approx(share["one"], abs=1e-12)
    assert share["net"] == pytest.approx(share["one"], abs=1e-12)


@pytest.mark.parametrize("count", [1, 3])
def test_lt_11_pass_through_variables(tmp_path: Path, count: int) -> None:
    """Variables that only pass a value on change no share."""
    chain = "".join(f"aux p{k} : dmnl = {f'p{k - 1}' if k else 's'} * 2\n" for k in range(count))
    head = "time 0 to 20 step 0.5 : year\nstock s : dmnl = 100\n  inflow births\n  outflow deaths\n"
    tail = "flow deaths : 1/year = s / 15\n"
    plain = model_from(head + tail + "flow births : 1/year = 0.1 * s * (1 - s / 1000)\n", tmp_path)
    last = f"p{count - 1} / {2**count}"
    longer = f"flow births : 1/year = 0.1 * {last} * (1 - {last} / 1000)\n"
    passed = model_from(head + tail + chain + longer, tmp_path)
    first, second = (find_loops(trajectory(f, design(f.program))) for f in (plain, passed))

    assert np.array([x.share for x in second.loops]) == pytest.approx(
        np.array([x.share for x in first.loops]), abs=1e-11
    )


def test_lt_12_births_and_deaths() -> None:
    """Shares are b/(b+d) and -d/(b+d); where they cancel nothing moves and all scores are 0."""
    found, rest = loops("births_deaths"), loops("births_deaths", lifetime=10.0)

    assert loop_with(found, "population", "births")[1:] == pytest.approx(2.0 / 3.0, abs=1e-12)
    assert loop_with(found, "population", "deaths")[1:] == pytest.approx(-1.0 / 3.0, abs=1e-12)
    assert rest.loops == ()
    assert rest.found == 0


@pytest.mark.parametrize("gains", [(0.3, -0.1, 0.05), (0.02, -0.4, 0.2), (-0.1, -0.2, -0.05)])
def test_lt_13_one_stock(tmp_path: Path, gains: tuple[float, ...]) -> None:
    """With one stock each share is the loop's gain over the sum of all gains' sizes."""
    flows = "".join(f"flow f{k} : 1/year = {gain} * s\n" for k, gain in enumerate(gains))
    text = "time 0 to 10 step 0.5 : year\nstock s : dmnl = 100\n" + "".join(
        f"  inflow f{k}\n" for k in range(len(gains))
    )
    found = model_from(text + flows, tmp_path)
    finding = find_loops(trajectory(found, design(found.program)))
    for k, gain in enumerate(gains):
        expected = gain / sum(map(abs, gains))
        assert loop_with(finding, "s", f"f{k}")[1:] == pytest.approx(expected, abs=1e-10)


FIGURE_7 = {("a", "b"): 10, ("a", "d"): 100, ("d", "c"): 0.1, ("c", "b"): 10, ("b", "c"): 10, ("c", "a"): 10}


def test_lt_14_strongest_path_can_miss() -> None:
    """The published graph on which the search from each node finds what it found there, and no more."""
    names = ("a", "b", "c", "d")
    graph = CausalGraph(names, tuple(FIGURE_7), frozenset(), frozenset(names))
    whole = contracted(graph, range(6), keep=names)
    strength = np.array([[float(FIGURE_7[graph.links[link]]) for (link,) in whole.chains]])

    def found(start: str) -> set[tuple[float, tuple[str, ...]]]:
        loops = strongest(whole, strength, [whole.names.index(start)]).loops
        return {
            (
                round(float(np.prod([FIGURE_7[graph.links[n]] for n in loop])), 9),
                tuple(graph.links[n][0] for n in loop),
            )
            for loop in loops
        }

    assert found("a") == {(100.0, ("a", "d", "c"))}
    assert found("b") == {(1000.0, ("b", "c", "a")), (100.0, ("b", "c"))}
    assert {score for score, _ in found("c")} == {100.0, 1000.0}
    every = exhaustive(contracted(graph, range(6)))
    assert every.complete
    assert len(every.loops) == 3


def test_lt_15_a_loop_whose_links_are_never_active_together() -> None:
    """Of three loops by structure two act; the third is counted as never active."""
    found = loops("decoupled")

    assert len(found.loops) == 2
    assert found.silent == 1
    assert {tuple(loop.variables) for loop in found.loops} == {("x", "x_gain"), ("y", "y_gain")}


@pytest.mark.parametrize("name", ["yeast", "predator", "supply", "market", "bass", "arms_race"])
def test_shares_of_a_partition_sum_to_one(name: str) -> None:
    """The sizes of the shares of a partition sum to one whenever a loop acts."""
    found = equations(name)
    finding = find_loops(trajectory(found, design(found.program)))
    for partition in {loop.partition for loop in finding.loops}:
        total = np.abs([loop.share for loop in finding.loops if loop.partition == partition]).sum(axis=0)
        assert total[total > 0.0] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("method", ["heun", "rk2", "rk4"])
def test_scores_do_not_depend_on_the_method_as_the_step_shrinks(method: str) -> None:
    """Under Runge-Kutta methods scores of step ends converge to those of Euler, in proportion to the step."""

    def shares_at(step: float, method: str) -> np.ndarray:
        finding = find_loops(rows("predator", step, method))
        row = round(7.0 / step)
        order = sorted(finding.loops, key=lambda loop: loop.variables)
        return np.array([loop.share[row] for loop in order])

    exact = shares_at(1 / 1024, "rk4")
    errors = [float(np.abs(shares_at(step, method) - exact).max()) for step in (1 / 16, 1 / 32, 1 / 64)]

    assert errors[0] > errors[1] > errors[2]
    assert np.polyfit(np.log([1 / 16, 1 / 32, 1 / 64]), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.25)


def test_delay_is_one_path_and_its_inner_loops_are_not_reported() -> None:
    """A third-order delay shows as one link; both its input and its time may carry a loop."""
    found = loops("supply")

    assert {loop.variables for loop in found.loops} == {
        ("inventory", "arriving"),
        ("inventory", "gap", "ordering", "arriving"),
    }
    ways = {circuit.variables: len(circuit.ways) for circuit in found.shares.circuits}
    assert ways["inventory", "arriving"] == 4  # the time acts on three stages and on the output
    assert ways["inventory", "gap", "ordering", "arriving"] == 1


@pytest.mark.parametrize("seed", range(8))
def test_shares_are_products_of_link_scores_over_their_sum(seed: int) -> None:
    """Of circuits of any length and any number of ways, drawn links, zero scores among them."""
    draws = np.random.default_rng(seed)
    links, steps = tuple(range(100, 130)), 7
    values = draws.normal(size=(len(links), steps)) * (draws.random((len(links), steps)) < 0.95)

    chains = tuple(
        tuple(links[n] for n in draws.choice(len(links), draws.integers(1, 4), replace=False))
        for _ in range(20)
    )

    def way() -> tuple[int, ...]:
        return tuple(draws.choice(len(chains), draws.integers(1, 6), replace=False).tolist())

    circuits = [
        Circuit((f"c{n}",), tuple(way() for _ in range(int(draws.integers(1, 4)))), int(draws.integers(0, 2)))
        for n in range(150)
    ]
    score = np.zeros((len(circuits), steps))
    for n, circuit in enumerate(circuits):
        runs = [[link for chain in way for link in chains[chain]] for way in circuit.ways]
        raw = np.array([values[[links.index(link) for link in run]].prod(axis=0) for run in runs])
        score[n] = raw[np.abs(raw).argmax(axis=0), range(steps)]
    part = np.array([circuit.partition for circuit in circuits])
    total = np.array([np.abs(score[part == kind]).sum(axis=0) for kind in (0, 1)])[part]
    listing = Listing(chains, tuple(circuits))
    found = shares(listing, LinkScores(links, values), range(len(circuits)))

    place = [int(circuit.variables[0][1:]) for circuit in found.circuits]
    assert found.circuits == tuple(map(listing.circuit, place))
    assert sorted(place) == list(range(len(circuits)))
    np.testing.assert_allclose(found.share.T, (score / total)[place], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.raw.T, score[place], rtol=1e-9)


def test_market_of_three_firms_whose_shares_never_move() -> None:
    """Firms that all learn in proportion keep their shares: loops by way of a share are there and never act.

    A sum over firms is passed once in a loop, so that what leaves a firm through it comes back to the same
    firm. Each share is passed straight and by way of the sum, which makes six silent ways.
    """
    found = loops("market")

    assert found.exact
    assert found.silent == 6
    assert {loop.variables: loop.polarity for loop in found.loops} == {
        **{(f"learned[{firm}]", "seen", f"learning[{firm}]"): "R" for firm in ("red", "blue", "green")},
        **{(f"learned[{firm}]", f"forgetting[{firm}]"): "B" for firm in ("red", "blue", "green")},
    }
    forgetting = [loop.share for loop in found.loops if loop.polarity == "B"]
    assert forgetting[1] == pytest.approx(forgetting[0], abs=1e-12)


def test_a_loop_with_a_name_is_scored_in_a_sample_as_well() -> None:
    """The search for all loops is cut short at once; a loop that was asked for is there with its share."""
    asked = AskedLoop("mine", "Mine", ("a", "b_target", "b", "c_target", "c", "a_target"))
    whole, sample = loops("arms_race"), find_loops(rows("arms_race"), [asked], circuits=1, visits=1)
    (mine,) = (loop for loop in sample.loops if loop.id == "mine")
    names = {"a", "b_target", "b_change", "b", "c_target", "c_change", "c", "a_target", "a_change"}
    (same,) = (
        n
        for n, circuit in enumerate(whole.shares.circuits)
        if set(circuit.variables) == names and circuit.variables.index("b") < circuit.variables.index("c")
    )

    assert not sample.exact
    assert set(mine.variables) == names
    assert sample.shares.raw[:, mine.circuits[0]] == pytest.approx(whole.shares.raw[:, same], rel=1e-12)


def test_a_told_ring_that_does_not_close_is_no_loop() -> None:
    """No way leads back, or only over what is to be avoided."""
    graph = causal_graph(rows("yeast").formulas)

    assert shortest_ring(AskedLoop("x", "x", ("cells", "alcohol"), avoid=("making",)), graph) is None
    ring = shortest_ring(AskedLoop("x", "x", ("alcohol", "cells"), avoid=("births",)), graph)
    assert ring is not None
    assert [graph.links[n] for n in ring] == [
        ("alcohol", "deaths"),
        ("deaths", "cells"),
        ("cells", "making"),
        ("making", "alcohol"),
    ]


def test_the_search_from_many_stocks_is_shared_out() -> None:
    """Forty stocks that all need each other: each search gets its part of ten budgets, and finds loops."""
    names = tuple(f"s{n}" for n in range(40))
    links = tuple((a, b) for a in names for b in names if a != b)
    whole = contracted(
        CausalGraph(names, links, frozenset(), frozenset(names)), range(len(links)), keep=names
    )
    strength = np.ones((3, len(links)))  # a tie is looked into again, so each search would go on for ages
    found = strongest(whole, strength, range(len(names)), visits=20_000)
    assert 20_000 < found.visits <= 200_000
    assert len(found.loops) >= len(names)
