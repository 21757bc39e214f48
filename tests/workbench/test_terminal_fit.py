"""Tables on a narrow terminal: no name, number or head is cut; where there is room, nothing wraps."""

from rich.table import Table

from putar.words.said import Words
from putar.workbench.terminal_fit import Fitting, longest_word
from putar.workbench.terminal_links import links_overview
from tests.workbench.test_terminal import game, link, text


def table(narrow: bool) -> Table:
    grid = Table(box=None, show_header=False)
    grid.add_row("narrow" if narrow else "as wide as it likes")
    return grid


def test_the_narrow_table_stands_where_the_wide_one_does_not_fit() -> None:
    """19 letters and a space on either side are 21 columns."""
    assert text(Fitting(table), width=21).strip() == "as wide as it likes"
    assert text(Fitting(table), width=20).strip() == "narrow"


def test_longest_word_is_of_all_texts() -> None:
    assert longest_word(["lost if cut", "alone"]) == 5
    assert longest_word(["a"], 8) == 8
    assert longest_word([]) == 0


def test_links_keep_names_and_numbers_in_eighty_columns() -> None:
    """Four outputs of links with long names: nothing is cut, and the bars are gone."""
    names = ("rockets for the satellites that compute", "hardware for models")
    games = [game(label, *(link(name, 12.3) for name in names)) for label in ("a", "b", "c", "d")]
    shown = text(links_overview(games, Words()), width=76)

    assert "…" not in shown
    assert "█" not in shown
    assert "Own hardware for 12.3 6.15 12.3 12.3 12.3 inside" in shown
    assert "█" in text(links_overview(games, Words()), width=200)
