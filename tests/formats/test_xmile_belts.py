"""Conveyors and queues: what is refused by name; numbers are in tests/models/conveyors and queues."""

from pathlib import Path

import pytest

import putar
from putar.errors import ModelErrors
from putar.flywheels.catalogue import find
from putar.formats.xmile_read import read_xmile
from tests.formats.foreign import trajectory

MODEL = """<xmile version="1.0">
<sim_specs method="{method}"><start>0</start><stop>{stop}</stop><dt>0.25</dt></sim_specs>
<model><variables>
<stock name="belt"><eqn>{initial}</eqn><inflow>comes</inflow><outflow>goes</outflow>{outflow}{belt}</stock>
<flow name="comes"><eqn>3 + SIN(TIME)</eqn></flow><flow name="goes"/>{more}
</variables></model></xmile>"""
CONVEYOR = "<conveyor><len>2</len></conveyor>"


def belt(
    folder: Path,
    belt: str = CONVEYOR,
    more: str = "",
    outflow: str = "",
    method: str = "Euler",
    initial: str = "0",
    stop: str = "4",
) -> Path:
    path = folder / "model.xmile"
    parts = {"belt": belt, "more": more, "outflow": outflow, "method": method, "initial": initial}
    path.write_text(MODEL.format(stop=stop, **parts), encoding="utf-8")
    return path


DESK = (
    '<stock name="desk"><eqn>0</eqn><inflow>goes</inflow><outflow>done</outflow>'
    '<conveyor discrete="true"><len>2</len></conveyor></stock><flow name="done"/>'
)
LEAK = "<outflow>leak</outflow>"
REFUSED = {
    "an oven": ({"belt": "<oven><cook_time>2</cook_time></oven>"}, "ovens are not computed"),
    "another method": ({"method": "RK4"}, "computed by Euler's method only"),
    "no length": ({"belt": "<conveyor/>"}, "a conveyor needs a transit time"),
    "a vendor's option": (
        {"belt": '<conveyor xmlns:isee="x" isee:fifo="true"><len>2</len></conveyor>'},
        "belt: the option isee:fifo='true' of a belt is not computed",
    ),
    "a spread": (
        {
            "outflow": LEAK,
            "more": '<flow name="leak" xmlns:isee="x" isee:spread="even"><eqn>1</eqn><leak/></flow>',
        },
        "leak: the option isee:spread='even' of a belt is not computed",
    ),
    "flows in no time": (
        {"method": 'Euler" isee:instantaneous_flows="true'},
        "instantaneous flows",
    ),
    "no time": ({"belt": "<conveyor><len>0</len></conveyor>"}, "a transit time of 0 is no time"),
    "whole batches": (
        {"belt": '<conveyor batch_integrity="true"><len>2</len></conveyor>'},
        "batches that may not be parted are not computed",
    ),
    "one batch at a time": (
        {"belt": "<queue/>", "more": DESK},
        "taking one batch of the queue belt at a time, .* is not computed",
    ),
    "two exits": (
        {"outflow": LEAK, "more": '<flow name="leak"><eqn>1</eqn></flow>'},
        "one outflow that is no leak, not 2",
    ),
    "no zone": (
        {
            "outflow": LEAK,
            "more": '<flow name="leak"><eqn>1</eqn><leak/><leak_start>1</leak_start></flow>',
        },
        "has no place",
    ),
    "too many slats": ({"belt": "<conveyor><len>1e6</len></conveyor>"}, "would have 4,000,000 slats"),
    "whole leaks": (
        {"outflow": LEAK, "more": '<flow name="leak"><eqn>1</eqn><leak/><leak_integers/></flow>'},
        "leaks of whole numbers are not computed",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_computed_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    """Each is one error with a line."""
    parts, what = REFUSED[kind]

    with pytest.raises(ModelErrors, match=what) as caught:
        read_xmile(belt(tmp_path, **parts))
    assert all(problem.where is not None and problem.where.line for problem in caught.value.problems)


@pytest.mark.parametrize("length", ["2", "longer"])
def test_nothing_is_lost_or_made(tmp_path: Path, length: str) -> None:
    """What lies on the slats is what the stock holds, each step, with leaks and a time that changes."""
    more = '<flow name="leak"><eqn>0.3</eqn><leak/></flow><aux name="longer"><eqn>1 + TIME / 4</eqn></aux>'
    path = belt(tmp_path, f"<conveyor><len>{length}</len></conveyor>", more, LEAK, initial="7")
    found = trajectory(find(path))

    slats = [name for name in found if name.startswith("belt·belt[")]
    for time, level in found["belt"].items():
        assert sum(found[name][time] for name in slats) == pytest.approx(level, rel=1e-12, abs=1e-12)


def test_slats_are_kept_only_when_they_are_asked_for_by_name(tmp_path: Path) -> None:
    """A run shows the author's variables, a dotted name of an author's own among them."""
    more = '<aux name="goes.far"><eqn>goes</eqn></aux><flow name="leak"><eqn>0.1</eqn><leak/></flow>'
    study = putar.load(belt(tmp_path, more=more, outflow=LEAK))

    assert study.run().ensemble.names == ("belt", "comes", "goes", "goes\u00b7far", "leak")
    assert study.run(save=["belt\u00b7belt", "goes"]).ensemble.names == (
        *(f"belt\u00b7belt[{slat}]" for slat in range(1, 9)),
        "goes",
    )


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ("2", ""),
        ("2.1", "a transit time of 2.1 is no multiple of the step 0.25; 8 steps, 2, are used"),
        ("2.125", "a transit time of 2.125 is no multiple of the step 0.25; 9 steps, 2.25, are used"),
        ("0.01", "a transit time of 0.01 is no multiple of the step 0.25; 1 steps, 0.25, are used"),
        (
            "time_of_it",
            "a transit time of 1.9 at the start is no multiple of the step 0.25; 8 steps, 2, are used",
        ),
    ],
)
def test_transit_time_of_no_whole_steps_is_warned_of(tmp_path: Path, length: str, said: str) -> None:
    """With the line of the conveyor and what would put it right."""
    path = belt(
        tmp_path, f"<conveyor><len>{length}</len></conveyor>", '<aux name="time_of_it"><eqn>1.9</eqn></aux>'
    )
    found = [p for p in putar.load(path).check() if p.severity == "warning"]

    assert [p.what for p in found] == ([f"belt: {said}"] if said else [])
    for problem in found:
        assert problem.where is not None
        assert (problem.where.path, problem.where.line) == ("model.xmile", 4)
        assert problem.fix.startswith("<len>")


def test_one_batch_at_a_time_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """The line of the conveyor, not of the queue; what the fix says is read, and takes all that comes."""
    path = belt(tmp_path, "<queue/>", f"\n{DESK}")
    with pytest.raises(ModelErrors) as caught:
        read_xmile(path)

    assert str(caught.value.problems[0]) == (
        "model.xmile:6:1: desk: taking one batch of the queue belt at a time, as a discrete conveyor "
        "does unless it says otherwise, is not computed\n"
        '  fix: one_at_a_time="false" in <conveyor>, if it may take all it has room for'
    )
    put_right = DESK.replace('discrete="true"', 'discrete="true" one_at_a_time="false"')
    found = trajectory(find(belt(tmp_path, "<queue/>", put_right)))
    assert found["goes"] == found["comes"]


def test_only_the_authors_variables_are_asked_for_a_unit(tmp_path: Path) -> None:
    """Nobody can give a unit to what a reader put beside them."""
    found = [p.what for p in putar.load(belt(tmp_path)).check() if "has no unit" in p.what]

    assert found == [f"{name!r} has no unit" for name in ("belt", "comes", "goes")]
