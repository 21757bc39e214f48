"""A file of claims without a model: its facts, what it may not hold, and the worked example."""

from pathlib import Path

import pytest

from putar.errors import ModelErrors, PutarError, UsageError
from putar.flywheels.catalogue import find
from putar.flywheels.claims import check_claims
from putar.flywheels.problems import find_problems
from putar.study import load
from tests.house import tree

EXAMPLE = tree.ROOT / "docs" / "gallery" / "article.toml"
CLAIM = """
[[claim]]
id = "one"
says = "It is so."
[[claim.check]]
formula = "{formula}"
comparator = "{comparator}"
bound = {bound}
unit = "{unit}"
"""


def article(folder: Path, before: str, formula: str, comparator: str, bound: str, unit: str = "dmnl") -> Path:
    """Write an article of one claim."""
    path = folder / "story.toml"
    text = before + CLAIM.format(formula=formula, comparator=comparator, bound=bound, unit=unit)
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    """What is said about a file that cannot be judged."""
    try:
        check_claims(find(path))
    except ModelErrors as errors:
        return [f"{problem.where}: {problem.what}" for problem in errors.problems]
    return []


UNITS = """[units]
euro = "base"
keuro = "1e3 euro"
"""


def test_inline_facts_with_their_own_units(tmp_path: Path) -> None:
    """Units are the file's own, mixed freely; what decides and where it turns are said in the fact's unit."""
    facts = """
[fact.INCOME]
value = 2
low = 1.8
high = 2.2
unit = "keuro"
source = "the books"
[fact.COST]
value = 1500
unit = "euro"
url = "https://example.org/costs"
"""
    path = article(tmp_path, UNITS + facts, "INCOME - COST", ">=", "100", "euro")
    (found,) = check_claims(find(path))
    (check,) = found.checks

    assert (found.verdict, check.certain, check.value) == ("holds", True, 500)
    assert (check.decided_by, check.critical, check.critical_unit) == ("INCOME", 1.6, "keuro")
    assert found.facts == ("INCOME", "COST")


def test_facts_in_a_file_beside_it(tmp_path: Path) -> None:
    columns = "id,quantity,value,low,high,unit,date,kind,source_title,publisher,url,note"
    row = "INCOME,What came in,2,,,keuro,2025,reported,Books,Shop,https://example.org/books,"
    (tmp_path / "numbers.csv").write_text(f"{columns}\n{row}\n", encoding="utf-8")
    path = article(tmp_path, 'facts = "numbers.csv"\n' + UNITS, "INCOME", ">", "2100", "euro")

    (found,) = check_claims(find(path))
    assert found.verdict == "refuted"
    assert (found.checks[0].decided_by, found.checks[0].critical) == ("INCOME", pytest.approx(2.1))


def test_ends_of_a_range_and_shared_numbers(tmp_path: Path) -> None:
    """`.low` and `.high` are exact; a fact without them is its own end; [given] serves all claims."""
    before = """
[given]
twice = { value = 2, reason = "twice" }
[fact.A]
value = 3
low = 2
high = 5
source = "somebody"
[fact.B]
value = 4
source = "somebody"
"""
    path = article(tmp_path, before, "twice * A.low + A.high + B.low + B.high", "about", "17")
    (check,) = check_claims(find(path))[0].checks
    assert (check.value, check.verdict, check.certain) == (17, "holds", True)


def test_a_number_without_a_source_settles_nothing_inside_its_range(tmp_path: Path) -> None:
    guess = "[fact.GUESS]\nvalue = 10\nlow = 8\nhigh = 12\n"
    open_, settled = (check_claims(find(article(tmp_path, guess, "GUESS", ">", b)))[0] for b in ("8.1", "7"))

    assert open_.verdict == "undetermined"
    assert "capped at undetermined: GUESS has no source" in open_.why
    assert (settled.verdict, settled.checks[0].certain) == ("holds", True)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("[fact.A]\nvalue = 1\n", "story.toml:2:1: A has no source and no range"),
        ("[fact.A]\nvalue = 1\nlow = 2\nhigh = 3\n", "story.toml:2:1: low, value and high are 2, 1, 3"),
        ('[fact.A]\nvalue = 1\nunit = "euro"\nsource = "x"\n', "unknown unit 'euro'"),
        ('[fact.A]\nvalue = "x"\nsource = "x"\n', "story.toml:2:1: value is not a number"),
        ('[fact.A]\nvalue = "May"\nunit = "date"\nsource = "x"\n', "story.toml:2:1: 'May' is not a date"),
        ('[fact.A]\nworth = 1\nsource = "x"\n', "story.toml:1:2: value is missing"),
        ('[fact.A]\nvalue = 1\nsource = "x"\nkind = "rumour"\n', "story.toml:4:1: kind cannot be 'rumour'"),
        ('[fact.A]\nvalue = 1\nsource = "x"\n[fact.a]\nvalue = 1\nsource = "x"\n', "fact a is there twice"),
        (
            "[run.other]\nset = {}\n[fact.A]\nvalue = 1\nlow = 0\nhigh = 2\n",
            "story.toml:1:2: run needs a model",
        ),
        ('[headline]\n[fact.A]\nvalue = 1\nsource = "x"\n', "unknown key 'headline'"),
        ("", "unknown name 'a'"),
    ],
)
def test_mistakes_are_said_with_their_place(tmp_path: Path, before: str, said: str) -> None:
    found = problems(article(tmp_path, before, "A", ">", "0"))
    assert any(said in problem for problem in found), found


def test_a_run_has_nothing_to_run(tmp_path: Path) -> None:
    path = article(tmp_path, "", "1", "<", "base.money")
    assert any(
        "unknown name 'base.money'" in p for p in problems(article(tmp_path, "", "base.money", "<", "1"))
    )
    with pytest.raises(
        UsageError, match=r"story is a file of claims, without a model to run\n  fix: .*putar claims"
    ):
        load(path).run()


def test_files_that_are_no_article(tmp_path: Path) -> None:
    """A file without a claim, one that is no TOML, and the claims of a flywheel."""
    empty = tmp_path / "empty.toml"
    empty.write_text('title = "nothing"\n', encoding="utf-8")
    assert problems(empty) == ["empty.toml:1:1: the file has no claim"]
    broken = tmp_path / "broken.toml"
    broken.write_text("a = \n", encoding="utf-8")
    assert "not TOML" in problems(broken)[0]
    (tmp_path / "flywheel.toml").write_text("", encoding="utf-8")
    with pytest.raises(PutarError, match=r"belongs to the flywheel in its folder\n  fix: give the folder"):
        find(empty)


def test_the_worked_example() -> None:
    """docs/gallery: four sentences, four kinds of answer, as its page tells them."""
    flywheel = find(EXAMPLE)
    found = {finding.id: finding for finding in check_claims(flywheel)}

    assert {name: finding.verdict for name, finding in found.items()} == {
        "growth": "holds",
        "homes": "holds",
        "energy": "ill-posed",
        "world_money": "mixed",
    }
    homes = found["homes"].checks[0]
    assert homes.certain
    assert (homes.decided_by, homes.critical_unit) == ("HOME_USE", "kWh/(home*year)")
    assert homes.critical == pytest.approx(8.766e9 / 750000, rel=1e-4)
    assert [check.verdict for check in found["world_money"].checks] == ["refuted", "undetermined"]
    assert [(p.severity, p.kind) for p in find_problems(flywheel)] == [("warning", "unit")]
