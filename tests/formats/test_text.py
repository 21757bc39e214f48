"""The `.putar` text form: what is read, what is refused with which words, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import putar
from putar.errors import ModelErrors
from putar.formats.text import read_declarations, read_model
from putar.formats.text_write import model_text
from putar.language.expr import to_text
from putar.language.model import Model

POND = """
# a pond with two banks
time 0 to 20 step 1/8 : year
  method rk4
  save 1

dimension place = north, south

unit fish

link stocking "Stocking" : hatchery -> pond

subsystem pond "The pond"
  ; where fish live

# two remarks
# belong to the stock
stock fish[place] : fish = initial_fish
  inflow births
  outflow deaths
  nonnegative
  ; fish in it, "quoted; still the reason"

flow births[place] : fish/year = links.stocking * growth * fish
  * (1 - SUM(fish[*]) / room)
  ; logistic

flow deaths[place] : fish/year
  [north] = 0
  [south] = fish * rate
    + 0 * MAX(fish[others])

constant growth : 1/year = 1/2
  fitted 0.45
  range 0.1 to 0.8
  distribution uniform 0.1 0.8
  status assumed
  facts A, B
  ; because

constant rate : 1/year = 0.1
  distribution triangular 0 0.1 0.4

constant initial_fish[place] : fish
  [north] = 10
  [south] = 20
  [south] range 1 to 30

constant room : fish = 1000

curve effect : dmnl of fish
  points (0, 1) (10, 2)
    (20, 3)
  between log
  outside extrapolate
  status estimated

aux hunger : dmnl = effect(fish[north]) * IF TIME > 3 THEN -2^2 ELSE 1
"""


def pond(tmp_path: Path, text: str = POND) -> Model:
    path = tmp_path / "pond.putar"
    path.write_text(text, encoding="utf-8")
    return read_model(path)


def test_everything_a_text_says_is_in_the_model(tmp_path: Path) -> None:
    """Statements, details, remarks and reasons all arrive."""
    model = pond(tmp_path)
    fish, growth, effect = model["pond.fish"], model["pond.growth"].parameter, model["pond.effect"]

    assert (model.time.start, model.time.stop, model.time.step) == (0.0, 20.0, 0.125)
    assert (model.time.method, model.time.save_every) == ("rk4", 8)
    assert fish.inflows == ("births",)
    assert fish.nonnegative
    assert fish.comments == ("two remarks", "belong to the stock")
    assert fish.reason == 'fish in it, "quoted; still the reason"'
    assert growth is not None
    assert (growth.value, growth.fitted, growth.runs, growth.low) == (0.5, 0.45, 0.45, 0.1)
    assert (growth.status, growth.facts, growth.reason) == ("assumed", ("A", "B"), "because")
    assert effect.points is not None
    assert (effect.points.xs, effect.points.between) == ((0.0, 10.0, 20.0), "log")
    assert [name for name, _ in model.parameters(model["pond.initial_fish"])] == [
        "pond.initial_fish[north]",
        "pond.initial_fish[south]",
    ]
    south = dict(model["pond.deaths"].elements)["south",]
    assert to_text(south.expr) == "fish * rate + 0 * MAX(fish[others])"


def test_reading_what_was_written_gives_the_same_model(tmp_path: Path) -> None:
    """Parse, print, parse is the identity."""
    model = pond(tmp_path)

    assert pond(tmp_path, model_text(model)) == model


def test_a_shipped_flywheel_as_one_text_is_the_same_model(tmp_path: Path) -> None:
    """Folder to one text and back: every variable, and every number of a run, is the same."""
    folder = putar.load("openai-compute")
    path = tmp_path / "one.putar"
    path.write_text(model_text(folder.model), encoding="utf-8")
    one = putar.load(path)

    assert set(one.model.variables) == set(folder.model.variables)
    assert np.array_equal(
        one.run().ensemble.series("money.run_rate"), folder.run()["money.run_rate"].values[:, None]
    )


MISTAKES = {
    "stok x = 1": """\
b.putar:1:1: unknown statement 'stok'
    1 | stok x = 1
        ^^^^
  fix: did you mean 'stock'?""",
    "stock x : a = 1\n  inflow b\n  foo bar": """\
b.putar:3:3: this line says nothing known
    3 |   foo bar
          ^
  fix: an equation starts with '='; other lines with one of: inflow, outflow, points, between, outside, \
status, facts, nonnegative, range, fitted, distribution, method, save""",
    "curve x : a = 1\n  points (2, 1) (1, 2)": """\
b.putar:2:1: the points do not go up in x
    2 |   points (2, 1) (1, 2)
        ^
  fix: sort them by x""",
    "constant z : m = 2 * y": """\
b.putar:1:18: a constant is one number
    1 | constant z : m = 2 * y
                         ^
  fix: make it an 'aux', or write a number""",
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.items())
def test_mistakes_say_what_where_and_fix(text: str, message: str) -> None:
    """The whole message is the promise."""
    with pytest.raises(ModelErrors) as caught:
        read_declarations(text, "b.putar")

    assert str(caught.value) == message


def test_all_mistakes_are_told_at_once() -> None:
    """One broken statement does not hide the next."""
    with pytest.raises(ModelErrors) as caught:
        read_declarations("aux a = (1\naux b = 2\naux c = 3 3\n unit\nstock", "b.putar")

    assert [problem.where.line for problem in caught.value.problems if problem.where] == [1, 3, 5]


@given(st.lists(st.sampled_from(POND.split("\n")), max_size=30).map("\n".join))
def test_shuffled_lines_give_declarations_or_model_errors(text: str) -> None:
    """Any order of known lines ends in declarations or in explained problems."""
    _read(text)


@given(st.text(max_size=80))
def test_any_text_gives_declarations_or_model_errors(text: str) -> None:
    """Any text whatsoever ends in declarations or in explained problems."""
    _read(text)


def _read(text: str) -> None:
    try:
        read_declarations(text, "any.putar")
    except ModelErrors as error:
        problems = error.problems
    else:
        return
    assert all(problem.what and problem.fix for problem in problems)
