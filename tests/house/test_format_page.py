"""The page about the text form shows what the reader accepts."""

import re
from pathlib import Path

from putar.formats.text import read_model
from putar.formats.text_lines import DETAILS
from putar.language.check import check
from putar.language.dimensional import check_units
from tests.house import tree

PAGE = (tree.ROOT / "docs" / "format.md").read_text(encoding="utf-8")


def test_model_on_the_page_is_right(tmp_path: Path) -> None:
    """The whole model on the page is read and has nothing wrong, units included."""
    (text,) = re.findall(r"^```putar\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    file = tmp_path / "pond.putar"
    file.write_text(text, encoding="utf-8")
    model = read_model(file)

    assert [*check(model), *check_units(model)] == []
    assert len(model.variables) == 7


def test_every_indented_word_is_on_the_page() -> None:
    """No line that the reader knows is kept secret."""
    shown = set(re.findall(r"^\| `(\w+)| and `(\w+)", PAGE, re.MULTILINE))

    assert set(DETAILS) - {word for pair in shown for word in pair} == set()
