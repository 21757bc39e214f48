"""Where the symbols of a plain diagram stand."""

from itertools import combinations

from putar.formats.writing.layout import Diagram, arranged


def _diagram() -> Diagram:
    """Two stocks: flows in, between them, back and out, and one of neither; two auxiliaries, a module."""
    stocks = {"a": (["born", "back", "more"], ["moved"]), "b": (["moved"], ["back", "dead"])}
    flows = ["born", "moved", "back", "dead", "more", "loose"]
    needs = [("rate", "born"), ("deeper", "rate"), ("m", "rate")]
    return arranged(stocks, flows, ["m"], ["deeper", "rate"], needs)


def test_neighbours_are_joined_by_straight_pipes() -> None:
    """A pipe between neighbours is level with them, from the edge of one to the edge of the other."""
    diagram = _diagram()
    a, b, moved = diagram.stocks["a"], diagram.stocks["b"], diagram.flows["moved"]

    assert a.y == b.y == moved.y
    assert moved.corners == ((a.x + a.width / 2, a.y), (b.x - b.width / 2, b.y))
    assert a.x < moved.x < b.x
    assert diagram.flows["born"].x < a.x
    assert diagram.flows["dead"].x > b.x


def test_a_taken_side_sends_a_pipe_up() -> None:
    """What flows back goes over the row, a second inflow comes from above; both end at their stock's edge."""
    diagram = _diagram()
    a, b = diagram.stocks["a"], diagram.stocks["b"]
    back, more = diagram.flows["back"].corners, diagram.flows["more"].corners

    assert len(back) == 4
    assert back[1][1] == back[2][1] < a.y
    assert abs(back[0][0] - b.x) <= b.width / 2
    assert abs(back[3][0] - a.x) <= a.width / 2
    assert more[0][1] < more[1][1] < a.y
    assert more[0][0] == more[1][0]
    assert abs(more[0][0] - a.x) <= a.width / 2


def test_what_is_needed_first_stands_nearest() -> None:
    """An auxiliary that a flow needs stands above one that only an auxiliary needs; modules above both."""
    diagram = _diagram()

    assert diagram.stocks["a"].y < diagram.others["m"].y < diagram.others["rate"].y
    assert diagram.others["rate"].y < diagram.others["deeper"].y


def test_nothing_stands_on_anything_else() -> None:
    """Any two symbols of a large diagram are at least twenty pixels apart."""
    stocks = {f"s{i}": ([f"f{i}", f"g{i}"], [f"f{i + 1}"]) for i in range(12)}
    flows = [f"{word}{i}" for word in "fg" for i in range(13)]
    others = [f"x{i}" for i in range(60)]
    needs = [(f"x{i}", f"x{i // 2}") for i in range(1, 60)] + [("x0", "f3")]
    diagram = arranged(stocks, flows, [f"m{i}" for i in range(15)], others, needs)
    places = [diagram.centre(name) for name in (*diagram.stocks, *diagram.flows, *diagram.others)]

    assert len(places) == 12 + 26 + 15 + 60
    for (x0, y0), (x1, y1) in combinations(places, 2):
        assert max(abs(x0 - x1), abs(y0 - y1)) >= 20.0
