"""XML as a plain tree: what is not well formed is told where it stands."""

from pathlib import Path

import pytest

from putar.errors import ModelError
from putar.formats.xmile_tree import read_tree


@pytest.mark.parametrize(
    ("equation", "column", "sign", "fix"),
    [
        ("a < b", 8, "<", "&lt;"),
        ("IF a <b THEN 1 ELSE 2", 11, "<", "&lt;"),  # the parser takes this for the beginning of an element
        ("a <b", 8, "<", "&lt;"),
        ("a <= b", 8, "<", "&lt;"),
        ("a & b", 8, "&", "&amp;"),
    ],
)
def test_bare_signs_of_equations_are_told_where_they_stand(
    tmp_path: Path, equation: str, column: int, sign: str, fix: str
) -> None:
    """The sign's own line and column, whatever the parser trips over, and how it is written."""
    path = tmp_path / "model.xmile"
    path.write_text(f"<xmile>\n<aux>\n<eqn>{equation}</eqn>\n</aux></xmile>", encoding="utf-8")

    with pytest.raises(ModelError, match=f"a bare `{sign}` stands in this equation") as caught:
        read_tree(path)

    assert f"model.xmile:3:{column}:" in str(caught.value)
    assert f"write `{fix}`" in str(caught.value)


@pytest.mark.parametrize("text", ["<xmile><aux></xmile>", "<xmile><eqn>a &lt; b</eqn></aux></xmile>"])
def test_what_is_broken_outside_of_equations_is_no_bare_sign(tmp_path: Path, text: str) -> None:
    """An element that is not closed is no matter of an equation."""
    path = tmp_path / "model.xmile"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ModelError, match="no well-formed XML"):
        read_tree(path)
