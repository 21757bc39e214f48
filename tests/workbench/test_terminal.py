"""The terminal's answer: parts that a person reads, made from rows of the document."""

from io import StringIO
from tempfile import NamedTemporaryFile
from typing import Any

from rich.console import Console, RenderableType

import putar
from putar.words.said import Words
from putar.workbench.terminal_links import links_block, links_overview
from putar.workbench.terminal_loops import print_loops
from putar.workbench.terminal_worth import loops_block, targets_block, worth_block

Row = dict[str, Any]
ENGLISH = Words()


def text(part: RenderableType, width: int = 110) -> str:
    """What a terminal shows, with the spaces of layout taken together."""
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(part)
    return "\n".join(" ".join(line.split()) for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]


def link(
    name: str, share: float, border: str = "inside", low: float | None = None, stall: float | None = 1.0
) -> Row:
    ends = {"low": low, "high": None if low is None else low + 2}
    about = {"title": f"Own {name}", "border": border, "stall_margin": stall, **ends}
    return {"id": name, "shapley": share, "last": share / 2, **about}


def game(label: str, *links: Row, beyond: float = 0.0, loss: float = 0.0) -> Row:
    pair = {"a": links[0]["id"], "b": links[-1]["id"], "loss": loss, "beyond_single": beyond}
    whole = sum(one["shapley"] for one in links)
    kept = {"linchpin": links[0]["id"], "pairs": [pair], "across": -2.0, "inside": 5.0, "owen": None}
    return {"label": label, "all": whole, "none": 0.0, "unit": "busd", "links": list(links), **kept}


def test_several_outputs_stand_side_by_side() -> None:
    """One column each in the order of the first; a link that costs has a light bar and stands last."""
    one = game("now", link("chips", -2.0, "across"), link("oven", 5.0))
    other = game("then", link("chips", 9.0, "across"), link("oven", 1.0))
    shown = text(links_overview([one, other], ENGLISH))

    assert "A now: 3.00 with all links, 0 with none (US$ bn). The linchpin, with the largest" in shown
    assert "share, is own chips." in shown.replace("largest share", "share")
    assert "Own oven ████████████ 5.00 2.50 1.00 inside" in shown
    assert "Own chips ░░░░░ −2.00 −1.00 9.00 across" in shown
    assert shown.index("Own oven") < shown.index("Own chips")


def test_a_linchpin_that_may_be_another_is_said_to_be() -> None:
    """Within a tenth of the largest share where no draws ran; over draws where their bands touch."""
    near = text(
        links_overview([game("now", link("oven", 5.0), link("chips", 4.6), link("van", 4.4))], ENGLISH)
    )
    banded = game("now", link("oven", 5.0, low=4.0), link("chips", 3.0, low=2.5), link("van", 1.0, low=0.0))

    assert "is own oven; so near, within 10%, that it may as well be: own chips." in " ".join(near.split())
    assert "is own oven; over the draws it may as well be own chips." in " ".join(
        text(links_overview([banded], ENGLISH)).split()
    )
    assert "may as well" not in text(
        links_overview([game("now", link("oven", 5.0), link("van", 4.4))], ENGLISH)
    )


def test_shares_of_loops_are_said_to_be_of_their_group() -> None:
    """Two groups of stocks: each has its own whole; a loop alone in its group is all of it."""
    model = (
        "time 0 to 4 step 1 : year\nstock a : dmnl = 1\n  inflow up\n  outflow down\nstock b : dmnl = 1\n"
        "  inflow more\nflow up : 1/year = 0.2 * a / one\nflow down : 1/year = 0.1 * a * a / one\n"
        "flow more : 1/year = 0.1 * b / one\nconstant one : year = 1\n"
    )
    with NamedTemporaryFile("w", suffix=".putar") as file:
        file.write(model)
        file.flush()
        found = putar.load(file.name).loops().as_json()
    console = Console(file=StringIO(), width=110, color_system=None)
    print_loops(console, found, ENGLISH)
    shown = console.file.getvalue()  # type: ignore[attr-defined]

    assert "main group of stocks; shares are of what happens in it" in shown
    assert "alone in its group of stocks, so all that happens in it" in shown
    assert (
        shown.index("main group")
        < shown.index("a → up")
        < shown.index("alone in its")
        < shown.index("b → more")
    )


def test_bands_are_shown_where_there_are_draws() -> None:
    """Of the first output, between its share and what is lost alone."""
    shown = text(
        links_overview([game("now", link("oven", 5.0, low=4.0)), game("then", link("oven", 1.0))], ENGLISH)
    )

    assert "Own oven ████████████ 5.00 4 to 6 2.50 1.00 inside" in shown


def test_pairs_say_what_two_cuts_do_together() -> None:
    """Two that stand in for each other lose more together, two that need each other less; gains are gains."""
    pair = (link("chips", 4.0), link("oven", 5.0))

    assert "own oven stand in for each other: cutting both costs 9.00, 2.00 more than" in text(
        links_block(game("x", *pair, loss=9.0, beyond=2.0), ENGLISH)
    )
    assert "need each other: cutting both costs 9.00, 2.00 less than" in text(
        links_block(game("x", *pair, loss=9.0, beyond=-2.0), ENGLISH)
    )
    assert "need each other: cutting both adds 9.00, 2.00 more than" in text(
        links_block(game("x", *pair, loss=-9.0, beyond=-2.0), ENGLISH)
    )
    assert "stand in for each other: cutting both adds 9.00, 2.00 less than" in text(
        links_block(game("x", *pair, loss=-9.0, beyond=2.0), ENGLISH)
    )


def test_links_that_stall_the_output_are_named_with_their_margins() -> None:
    """The one that bears least first; nothing is said where no link stalls it, or nothing rises."""
    stalling = link("chips", 4.0, stall=0.72), link("oven", 5.0, stall=0.345), link("shop", 1.0)
    idle = link("chips", 4.0), link("oven", 5.0, stall=None)

    said = text(links_block(game("x", *stalling), ENGLISH))
    assert "The output no longer rises when one link alone weakens by: own oven 34%, own chips 72%." in said
    assert "no longer rises" not in text(links_block(game("x", *idle), ENGLISH))


def test_loops_that_close_come_first_and_gaps_are_named() -> None:
    """The largest first; one that never acts says so; an open one says where, and why."""
    gap = {"from_label": "cash", "to_label": "flights"}
    told = [
        {
            "id": "R2",
            "name": "Rockets",
            "closes": False,
            "gap": gap,
            "reason": "Pads limit.",
            "average": None,
        },
        {"id": "R1", "name": "Idle", "closes": True, "gap": None, "reason": "", "average": None},
        {"id": "R3", "name": "Busy", "closes": True, "gap": None, "reason": "", "average": 0.25},
    ]
    lines = text(loops_block(told, ENGLISH)).splitlines()

    assert lines[0].startswith("2 of 3 close in this model")
    assert lines[1:] == [
        "R3 Busy closes, 25.0%",
        "R1 Idle closes, never acts",
        "R2 Rockets open",
        "Nothing leads from cash to flights. Pads limit.",
    ]


def test_value_says_how_much_is_assumed() -> None:
    """Parts, their sum, the warning above three quarters, links and what others state."""
    part = {"present": 10.0, "terminal": 90.0, "value": 100.0, "multiple": 18.0, "implied_growth": 0.05}
    parts = [{**part, "title": "Bread"}, {**part, "title": "Cake", "multiple": None, "implied_growth": None}]
    worth = {
        "unit": "busd",
        "at": 2035.0,
        "whole": 200.0,
        "discount": 0.1,
        "parts": parts,
        "apart": 150.0,
        "terminal_share": 0.9,
        "mostly_terminal": True,
        "stated": [{"title": "the market", "value": 400.0, "times": 2.0}],
    }
    shown = text(worth_block(worth, ENGLISH))

    assert "Bread 10.0 90.0 100 18.0 5.0% for ever" in shown
    assert "Cake 10.0 90.0 100 – –" in shown
    assert "the whole 20.0 180 200" in shown
    assert "90% of it lies beyond 2035, discounted at 10%: more than three quarters" in shown
    assert "Stated: the market, 400, 2.0 times what is shown here." in shown
    assert "three quarters" not in text(
        worth_block({**worth, "terminal_share": 0.7, "mostly_terminal": False}, ENGLISH)
    )


def test_targets_say_what_is_out_of_reach() -> None:
    """A number that would do, and the best that bounds allow."""
    columns = [
        {"name": name} for name in ("case", "wanted", "what_must_be", "needed", "low", "high", "reached")
    ]
    rows = [["rich", 9.0, "price", 0.5, 0.1, 1.0, 9.0], ["richer", 99.0, "price", None, 0.1, 1.0, 18.0]]
    shown = text(targets_block({"columns": columns, "rows": rows}, ENGLISH))

    assert "rich price 0.500" in shown
    assert "richer price none in 0.100 to 1.00; 18.0 at best" in shown
