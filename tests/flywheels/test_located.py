"""TOML with places: every key of any valid text is found where it stands."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putar.errors import Problem
from putar.flywheels.located import Table, as_number, read_toml

TEXT = (Path(__file__).parent / "golden" / "places.toml").read_text(encoding="utf-8")


def locations(text: str, folder: Path) -> tuple[dict[str, Any], dict[Any, Any]]:
    path = folder / "x.toml"
    path.write_text(text, encoding="utf-8", newline="")
    problems: list[Problem] = []
    document = read_toml(path, problems)
    assert problems == []
    return dict(document.data), dict(document.places)


def every_path(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every key path of parsed data, arrays by number."""
    found = [path] if path else []
    items: Any = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        found += every_path(inner, (*path, key))
    return found


def test_every_key_has_its_place(tmp_path: Path) -> None:
    data, places = locations(TEXT, tmp_path)
    lines = TEXT.split("\n")

    assert set(every_path(data)) <= set(places) | {("many",)}
    assert places["top",].line == 2
    assert (places["quoted key",].line, places["quoted key",].column) == (3, 1)
    assert places["dotted", "inner", "deep key"].line == 4
    assert places["table", "sub", "literal"].line == 10
    assert places["table", "sub", "list", 2, "list of"].text == lines[12]
    assert places["many", 1, "inline", "b.c"].column == 19
    assert places["many", 0, "child", "deep"].line == 19
    assert places["many", 1, "id"].line == 21


KEYS = st.text("ab-_1", min_size=1, max_size=3) | st.text("a \"'#=.[]{}\t", max_size=4)
SCALARS = (
    st.integers(-9, 9)
    | st.booleans()
    | st.text("ab \"'#=[]{},\n", max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def quoted(text: str) -> str:
    """A TOML string on one line."""
    body = "".join(f"\\u{ord(c):04X}" if c in '"\\\n\t' else c for c in text)
    return f'"{body}"'


def written(value: object) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + " }"
    return repr(value)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=4))
def test_generated_tables_are_found_again(
    tmp_path_factory: pytest.TempPathFactory, tables: list[Any]
) -> None:
    """Whatever keys and values, the line of each key is the line where it was written."""
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for index, table in enumerate(tables):
        lines.append("[[t]]  # table")
        for key, value in table.items():
            lines += ["", f"  {quoted(key)} = {written(value)} # end"]
            expected["t", index, key] = len(lines)
            expected |= {("t", index, key, *path): len(lines) for path in every_path(value)}
    text = "\n".join(lines) + "\n"
    assert tomllib.loads(text).get("t", []) == tables
    _, places = locations(text, tmp_path_factory.mktemp("toml"))
    assert {path: places[path].line for path in expected} == expected


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((1, 1.0), (0.5, 0.5), ("1/64", 1 / 64), (" 3 / 4 ", 0.75)),
        *(("1/0", None), ("x", None), (True, None), ([], None)),
    ],
)
def test_numbers_and_fractions(value: object, number: float | None) -> None:
    assert as_number(value) == number


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"a = '\xff'")
    problems: list[Problem] = []
    assert read_toml(path, problems).data == {}
    assert [str(problem) for problem in problems] == [
        "x.toml:1:1: not UTF-8 at byte 5\n  fix: save it as UTF-8"
    ]


def test_types_are_asked_for(tmp_path: Path) -> None:
    """A value of another type is a problem at its key, and something harmless comes back."""
    path = tmp_path / "x.toml"
    path.write_text('a = 1\nb = "x"\nc = [1]\nd = { x = "y" }\ne = 2\n', encoding="utf-8")
    problems: list[Problem] = []
    table = Table.of(read_toml(path, problems), problems)

    assert (table.text("a"), table.number("b"), table.texts("c"), table.numbers("d")) == ("", None, (), {})
    assert (table.table("e"), table.tables("e"), table.texts("absent")) == (None, [], ())
    assert [f"{problem.where}: {problem.what}" for problem in problems] == [
        "x.toml:1:1: a is not a text",
        "x.toml:2:1: b is not a number",
        "x.toml:3:1: c is not a list of texts",
        "x.toml:4:7: x is not a number",
        "x.toml:5:1: e is not a table",
        "x.toml:5:1: e is not a list of tables",
    ]
