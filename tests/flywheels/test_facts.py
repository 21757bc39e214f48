"""Facts: dates, ranges, identity, and what is said of a row that cannot be a fact."""

from pathlib import Path

import pytest

from putar.errors import Problem
from putar.flywheels.facts import COLUMNS, Fact, decimal_year, fact_key, find_fact, read_facts
from putar.language.model import UnitDeclaration
from putar.language.units import unit_table

UNITS = unit_table([UnitDeclaration("euro"), UnitDeclaration("percent", "0.01")], "year")
GOOD = "A,quantity,2,1,3,euro,2025-07-02,reported,title,publisher,https://example.org,note"


def read(folder: Path, *rows: str) -> tuple[dict[str, Fact], list[str]]:
    path = folder / "facts.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    problems: list[Problem] = []
    facts = read_facts(path, UNITS, problems)
    return facts, [f"{problem.where}: {problem.what}" for problem in problems]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2025", 2025.0),
        ("2025-07", 2025 + 181 / 365),
        ("2024-07-01", 2024 + 182 / 366),
        ("2025-12-31", 2025 + 364 / 365),
        ("2019Q3", 2019 + 181 / 365),
        ("2025-02-30", None),
        ("2025-13", None),
        ("summer 2025", None),
        ("25", None),
    ],
)
def test_decimal_year(text: str, year: float | None) -> None:
    """Year plus days over the days of that year; a month or quarter is its first day."""
    assert decimal_year(text) == (None if year is None else pytest.approx(year, abs=1e-12))


def test_a_row_becomes_a_fact(tmp_path: Path) -> None:
    facts, problems = read(tmp_path, GOOD)
    fact = facts["A"]

    assert problems == []
    assert (fact.value, fact.low, fact.high, fact.exact) == (2.0, 1.0, 3.0, False)
    assert fact.year == pytest.approx(2025 + 182 / 365)
    assert fact.where.line == 2
    assert [*fact.row()] == [*COLUMNS[1:], "unconfirmed", "context"]


@pytest.mark.parametrize(
    ("note", "unconfirmed", "context"),
    [
        ("", False, ""),
        ("unconfirmed 2026-11", True, ""),
        ("a rumour; unconfirmed 2026-11", True, ""),
        ("a rumour; unconfirmed", True, ""),
        ("no unconfirmed reports are used", False, ""),
        ("context: a part of A", False, "a part of A"),
        ("half; context: a part of A; unconfirmed 2026-11", True, "a part of A"),
        ("in the context: not a mark", False, ""),
    ],
)
def test_marks_in_a_note(tmp_path: Path, note: str, unconfirmed: bool, context: str) -> None:
    """What no second source confirmed, and what no number rests on, is said to whoever reads the rows."""
    facts, _ = read(tmp_path, GOOD.replace(",note", f",{note}"))

    assert (facts["A"].unconfirmed, facts["A"].context) == (unconfirmed, context)
    assert facts["A"].row()["unconfirmed"] is unconfirmed
    assert facts["A"].row()["context"] == (context or None)


def test_a_date_is_a_number_of_years_and_a_word_is_none(tmp_path: Path) -> None:
    facts, problems = read(
        tmp_path,
        "DAY,opening,2025-07-02,,,date,2025-07-02,reported,t,p,https://example.org,",
        "WORD,who,nobody,,,text,2025-07-02,reported,t,p,https://example.org,",
    )
    assert problems == []
    assert facts["DAY"].number == pytest.approx(2025 + 182 / 365)
    assert facts["WORD"].number is None


def test_ids_are_compared_without_case_and_with_dash_as_underscore(tmp_path: Path) -> None:
    facts, problems = read(
        tmp_path, GOOD.replace("A,", "E-DEP-2019,", 1), GOOD.replace("A,", "e_dep_2019,", 1)
    )
    assert problems == ["facts.csv:3:1: fact e_dep_2019 is there already, in line 2"]
    assert fact_key("E-DEP-2019") == "e_dep_2019"
    assert find_fact(facts, "e_DEP-2019") is facts["E-DEP-2019"]
    assert find_fact(facts, "E-DEP") is None


BAD = {
    "2,1,3": ("2,3,1", "A: low, value and high are 3, 2, 1"),
    "2,1,3,": ("two,1,3,", "value is not a number: 'two'"),
    ",2,": (",,", "A: no value"),
    "reported": ("rumoured", "A: kind cannot be 'rumoured'"),
    "euro": ("dollar", "unknown unit 'dollar'"),
    "2025-07-02": ("2nd July", "A: '2nd July' is not a date"),
    "https://example.org": ("example.org", "A: 'example.org' is not an address"),
    "title": ("", "A: source_title is empty"),
    "A,q": ("1A,q", "'1A' is not an id"),
    ",note": ("", "11 values for 12 columns"),
}


@pytest.mark.parametrize("piece", BAD)
def test_bad_row_is_said_with_its_line(tmp_path: Path, piece: str) -> None:
    new, what = BAD[piece]
    _, problems = read(tmp_path, GOOD.replace("A,", "GOOD,", 1), GOOD.replace(piece, new, 1))
    assert [text.partition(": ")[2] for text in problems][:1] == [what]
    assert problems[0].startswith("facts.csv:3:")


def test_a_fact_with_a_flaw_is_still_known(tmp_path: Path) -> None:
    """One flaw is one problem: whoever cites the fact is not blamed as well."""
    facts, problems = read(tmp_path, GOOD.replace("reported", "rumoured"))
    assert len(problems) == 1
    assert "A" in facts


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("id,quantity\n", "column 'value' stands 0 times"),
        (",".join([*COLUMNS, "colour"]) + "\n", "column 'colour' stands 1 times"),
        (",".join(COLUMNS) + '\nA,"open', "not CSV: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_table_of_facts(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    assert read_facts(path, UNITS, problems) == {}
    assert problems[0].what == what


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    _, problems = read(
        tmp_path, GOOD.replace("note", '"two\nlines"'), GOOD.replace("A,", "B,").replace("2,1,3", "9,1,3")
    )
    assert problems == ["facts.csv:4:12: B: low, value and high are 1, 9, 3"]
