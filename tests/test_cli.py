"""The command line: the contract of each command, its exit codes, and what it says of wrong words."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import putar
from putar.cli import main
from tests.flywheels.bakery import write

SHIPPED = "openai-compute"
POND = """
time 0 to 20 step 0.25 : year
unit fish
subsystem pond "The pond"
stock fish : fish = 10
  inflow births
flow births : fish/year = growth * fish * (1 - fish / room)
constant growth : 1/year = 0.5
  range 0.1 to 0.8
  distribution uniform 0.1 0.8
  status assumed
  ; a guess
constant room : fish = 1000
  status fixed
  ; the pond's size
"""


def putar_says(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def document(*words: str) -> dict[str, Any]:
    result = putar_says(*words, "--json")
    assert result.exit_code in (0, 1), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def pond(tmp_path: Path) -> str:
    path = tmp_path / "pond.putar"
    path.write_text(POND, encoding="utf-8")
    return str(path)


def test_list_counts_what_ships() -> None:
    """Every flywheel with its sizes."""
    rows = {row["name"]: row for row in document("list")["flywheels"]}

    assert set(rows[SHIPPED]) == {"name", "title", "subsystems", "variables", "links", "claims", "facts"}
    assert rows[SHIPPED]["links"] == 7
    assert rows[SHIPPED]["facts"] > 100


def test_list_of_a_model_names_all_that_options_take(pond: str) -> None:
    """Constants, scenarios and links by the names that are typed; an unknown model is refused."""
    found = document("list", pond)

    assert [row["name"] for row in found["constants"]] == ["pond.growth", "pond.room"]
    assert found["constants"][0]["drawn"]
    assert [row["name"] for row in found["variables"]] == ["pond.fish", "pond.births"]
    assert "pond.growth *" in putar_says("list", pond).stdout
    assert putar_says("list", "openai-computer").exit_code == 2


def test_rows_of_scenarios_are_named_as_they_are_typed() -> None:
    """So that a row can be run by its name."""
    assert "funding_winter_no_vendors " in putar_says("run", SHIPPED, "--table", "scenarios").stdout


def test_run_prints_the_contract_and_writes_one_page(tmp_path: Path) -> None:
    """The keys of the contract, the numbers of the fitted vector, and a page that exists."""
    found = document("run", SHIPPED, "--out", str(tmp_path))
    headline = {row["name"]: row for row in found["headline"]}

    assert set(found) == {
        *("model", "scenario", "engine", "time", "headline", "verdict", "links", "loops", "claims"),
        *("warnings", "files", "seconds"),
    } | (set(found) & {"dominant", "lead_probability"})
    assert set(found["verdict"]) == {"spins", "sentence", "rate", "rests_on"}
    rate = {point["time"]: point["value"] for point in headline["money.run_rate"]["points"]}
    users = {point["time"]: point["value"] for point in headline["users.weekly_users"]["points"]}
    assert rate[2026.0] == pytest.approx(20.56, rel=0.01)
    assert rate[2030.0] == pytest.approx(142.0, rel=0.01)
    assert users[2026.0] == pytest.approx(838.3, rel=0.01)
    page = Path(found["files"][0])
    assert page.parent == tmp_path
    assert 10_000 < page.stat().st_size < 8_000_000


def test_run_with_members_gives_bands_that_hold_the_future_and_keep_history(tmp_path: Path) -> None:
    """Low and high stand around later values; they come from draws, the value does not."""
    found = document("run", SHIPPED, "--members", "60", "--seed", "3", "--out", str(tmp_path))
    row = next(row for row in found["headline"] if row["name"] == "money.run_rate")
    late = next(point for point in row["points"] if point["time"] == 2030.0)

    assert late["low"] < late["value"] < late["high"]
    assert found["engine"]["members"] == 60
    assert late["value"] == pytest.approx(142.0, rel=0.01)


def test_run_is_the_same_run_when_asked_again(tmp_path: Path) -> None:
    """The checksum is that of the numbers, not of the moment."""
    first = document("run", SHIPPED, "--out", str(tmp_path))["engine"]["checksum"]

    assert document("run", SHIPPED, "--out", str(tmp_path))["engine"]["checksum"] == first
    other = document("run", SHIPPED, "--set", "fleet.contract_life=4", "--out", str(tmp_path))
    assert other["engine"]["checksum"] != first


def test_run_on_a_terminal_ends_in_a_page_of_text(tmp_path: Path) -> None:
    """The verdict, the numbers, the links and where the page is."""
    result = putar_says("run", SHIPPED, "--out", str(tmp_path))

    assert result.exit_code == 0
    for words in (
        "No, it is pushed:",
        "Run rate",
        "The linchpin, with the largest share, is",
        "What binds when",
        "openai-compute.html",
    ):
        assert words in result.stdout


def test_links_add_up_exactly() -> None:
    """128 coalitions a protocol; the shares sum to all minus none."""
    found = document("links", SHIPPED)

    assert found["exact"] is True
    assert found["runs"] == 128
    assert len(found["protocols"]) == 3
    for game in found["protocols"]:
        total = sum(link["shapley"] for link in game["links"])
        assert total == pytest.approx(game["all"] - game["none"], rel=1e-9)
    assert found["linchpin"] == "growth_capital"
    assert {"id", "from", "to", "border", "shapley", "low", "high", "first", "last", "stall_margin"} <= set(
        found["links"][0]
    )


def test_links_of_a_chosen_output() -> None:
    """An output and a date of one's own; `value` is the flywheel's value."""
    found = document("links", SHIPPED, "--output", "users.weekly_users@2030", "--from", "2027")

    assert found["output"] == "users.weekly_users@2030"
    assert found["cut_from"] == 2027.0
    assert document("links", SHIPPED, "--output", "value")["unit"] == "busd"


def test_simulate_writes_csv_that_begins_with_time(pond: str) -> None:
    """The first column is time; every variable is a column."""
    rows = list(csv.reader(io.StringIO(putar_says("simulate", pond).stdout)))

    assert rows[0] == ["time", "pond.fish", "pond.births", "pond.growth", "pond.room"]
    assert [float(rows[1][0]), float(rows[1][1])] == [0.0, 10.0]
    assert len(rows) == 82


def test_simulate_keeps_what_is_asked_and_sets_what_is_said(pond: str) -> None:
    """Short names do; a setting may act from a date."""
    found = document("simulate", pond, "--variables", "fish", "--set", "pond.growth=0@10")

    assert list(found["variables"]) == ["pond.fish"]
    series = found["variables"]["pond.fish"]
    assert series[40] == series[80] < 1000.0


def test_links_are_cut_from_the_date_that_is_said(tmp_path: Path) -> None:
    """By every command that cuts links, as Python does it; without a date from the flywheel's now."""
    story = '[[claim]]\nid = "one"\nsays = "It stays small."\n[[claim.check]]\ncomparator = "<"\n'
    story += 'formula = "AT(base.shop.income, 10)"\nbound = 1\nunit = "euro/year"\n'
    bakery = str(write(tmp_path / "bakery", claims_toml=story))
    cut, since = ("--cut", "own_oven"), ("--cut-from", "7")
    study = putar.load(bakery)

    def income(*words: str) -> list[float]:
        found: list[float] = document("simulate", bakery, "--variables", "shop.income", *words)["variables"][
            "shop.income"
        ]
        return found

    expected = study.run(cut=["own_oven"], cut_from=7.0, save=["shop.income"]).ensemble.values[:, 0, 0]
    assert income(*cut, *since) == expected.tolist()
    assert income(*cut) == income(*cut, "--cut-from", "5") != income(*cut, *since)
    out = tmp_path / "bakery.putar"
    document("convert", bakery, str(out), *cut, *since)
    assert putar.load(out).run()["shop.income"].values.tolist() == pytest.approx(expected.tolist(), rel=1e-12)
    for words in (("run", "--out", str(tmp_path)), ("loops",), ("claims", "--members", "0")):
        command, *options = words
        usual, later = (document(command, bakery, *options, *cut, *more) for more in ((), since))
        asked = document(command, bakery, *options, *cut, "--cut-from", "5")
        for each in (usual, later, asked):
            each.pop("seconds", None)
        assert asked == usual != later


@pytest.mark.parametrize("suffix", [".csv", ".nc"])
def test_simulate_writes_files_by_suffix(pond: str, tmp_path: Path, suffix: str) -> None:
    """A file appears whole; nothing else does."""
    out = tmp_path / "sub" / f"run{suffix}"

    assert putar_says("simulate", pond, "--output", str(out), "--members", "3").exit_code == 0
    assert out.stat().st_size > 1000
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_check_is_content_with_what_ships() -> None:
    """No error in the shipped flywheel."""
    found = document("check", SHIPPED)

    assert [problem for problem in found["problems"] if problem["severity"] == "error"] == []
    assert putar_says("check", SHIPPED).exit_code == 0


def test_check_says_no_with_file_and_line(tmp_path: Path) -> None:
    """A wrong unit in one equation of a copy is an error with its place; the exit code is 1."""
    copy = tmp_path / "copy"
    shutil.copytree(Path(putar.__file__).parent / "flywheels" / "openai_compute", copy)
    file = copy / "fleet.putar"
    lines = file.read_text(encoding="utf-8").split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("flow retiring"))
    lines[at] = lines[at].replace("=", "= 2 * fleet.capacity *", 1)
    file.write_text("\n".join(lines), encoding="utf-8")

    result = putar_says("check", str(copy), "--json")

    assert result.exit_code == 1
    problem = json.loads(result.stdout)["problems"][0]
    assert problem["kind"] == "unit"
    assert (problem["where"]["path"], problem["where"]["line"]) == ("fleet.putar", at + 1)


def test_claims_are_verdicts_with_their_checks() -> None:
    """Every claim has checks, every check a verdict of the scale."""
    rows = document("claims", SHIPPED)["claims"]
    scale = {"holds", "likely", "undetermined", "unlikely", "refuted", "ill-posed", "untestable"}

    assert len(rows) >= 11
    for row in rows:
        assert set(row) >= {"id", "says", "verdict", "why", "facts", "checks"}
        assert {check["verdict"] for check in row["checks"]} <= scale
        assert row["verdict"] in scale | {"mixed"}


def test_claims_are_judged_on_the_run_that_was_asked_for(tmp_path: Path) -> None:
    """`run` and `claims` agree under the same settings, and not with the unchanged model."""
    asked = ("--scenario", "glut", "--set", "money.paying_share=0.01", "--cut", "own_channel")
    claims = document("claims", SHIPPED, *asked, "--members", "0")["claims"]
    run = putar.load(SHIPPED).claims(0, scenario="glut", set=["money.paying_share=0.01"], cut=["own_channel"])
    plain = document("claims", SHIPPED, "--members", "0")["claims"]

    assert claims == [finding.as_json() for finding in run]
    assert {row["id"]: row["verdict"] for row in plain} != {row["id"]: row["verdict"] for row in claims}
    for one, other in zip(plain, claims, strict=True):
        for a, b in zip(one["checks"], other["checks"], strict=True):
            assert a["kind"] == "model" or a == b  # facts and data do not feel it

    words = putar_says("run", SHIPPED, *asked, "--out", str(tmp_path)).stdout
    assert "with money.paying_share = 0.01; own app at arm's length from mid-2026" in " ".join(words.split())
    assert "What the story says, judged on this run" in words


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--json"),
        ("run", "--table", "scenarios"),
        ("simulate", "--variables", "money.run_rate"),
        ("claims", "--members", "0"),
        ("links", "--output", "money.run_rate@2030"),
        ("loops",),
        ("sensitivity", "--members", "20"),
    ],
)
def test_value_outside_its_range_is_warned_of_on_stderr(words: tuple[str, ...], tmp_path: Path) -> None:
    """By every command that sets constants; what stands on stdout stays what it is."""
    command, *options = words
    where = ("--out", str(tmp_path)) if command == "run" else ()
    result = putar_says(command, SHIPPED, "--set", "fleet.contract_life=40", *options, *where)

    assert result.exit_code == 0, result.output
    assert result.stderr == (
        "warning: fleet.contract_life = 40 is outside its range 4 to 6 "
        "(the model was not made for such a value)\n"
    )
    assert "warning" not in putar_says(command, SHIPPED, *options, *where).stderr


@pytest.mark.parametrize(
    ("unit", "each"), [("year", "a year"), ("month", "a month"), ("dmnl", "a time unit")]
)
def test_loops_say_the_models_own_unit_of_time(unit: str, each: str, tmp_path: Path) -> None:
    """A push grows at so much a year; only a model that names no unit has a time unit."""
    path = tmp_path / "pond.putar"
    text = POND.replace(": year", f": {unit}").replace("/year", "" if unit == "dmnl" else f"/{unit}")
    path.write_text(text.replace("1 = 0.5", "dmnl = 0.5") if unit == "dmnl" else text, encoding="utf-8")
    said = " ".join(putar_says("loops", str(path)).stdout.split())

    assert re.search(rf"a push \w+ by [\d.]+% {each} \(at the end", said), said


def test_own_model_file_runs_without_a_story(pond: str, tmp_path: Path) -> None:
    """A single file has no links or claims, and says so by leaving them empty."""
    found = document("run", pond, "--out", str(tmp_path))

    assert (found["links"], found["claims"]) == ([], [])
    assert found["loops"][0]["variables"]
    assert found["verdict"]["spins"] is False  # a pond that fills up: a push fades


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "openai-compte"), "did you mean 'openai-compute'?"),
        (("run", SHIPPED, "--scenario", "glutt"), "unknown scenario 'glutt'\n  fix: did you mean 'glut'?"),
        (("run", SHIPPED, "--set", "fleet.contract_live=4"), "did you mean 'fleet.contract_life'?"),
        (("run", SHIPPED, "--set", "fleet.contract_life"), "sets nothing"),
        (("run", SHIPPED, "--set", "fleet.capacity=1"), "computed"),
        (("run", SHIPPED, "--cut", "own_reserch"), "did you mean 'own_research'?"),
        (("run", SHIPPED, "--table", "scenaros"), "did you mean 'scenarios'?"),
        (("links", SHIPPED, "--output", "money.runrate@2030"), "did you mean 'money.run_rate'?"),
        (("links", SHIPPED, "--output", "money.run_rate@2050"), "outside the run"),
        (("simulate", SHIPPED, "--variables", "weekly_user"), "did you mean 'users.weekly_users'?"),
        (("simulate", SHIPPED, "--output", "x.cvs"), "did you mean '.csv'?"),
        (("simulat", SHIPPED), "did you mean 'simulate'?"),
        (("run", SHIPPED, "--sceanrio", "base"), "--scenario"),
        (("run", SHIPPED, "--members", "-1"), "-1 members cannot be run"),
        (("links", SHIPPED, "--members", "-1"), "-1 members cannot be run"),
        (("claims", SHIPPED, "--members", "-1"), "-1 members cannot be run"),
        (("run", SHIPPED, "--cut-from", "2027"), "a cut date without a cut link\n  fix: name the link"),
        (("simulate", SHIPPED, "--cut-from", "2027"), "a cut date without a cut link"),
        (("claims", SHIPPED, "--cut-from", "2027"), "a cut date without a cut link"),
        (("loops", SHIPPED, "--cut-from", "2027"), "a cut date without a cut link"),
        (("convert", SHIPPED, "o.putar", "--cut-from", "2027"), "a cut date without a cut link"),
        (("loops", SHIPPED, "--cut", "own_research", "--cut-from", "nan"), "the date nan is outside the run"),
        (("serve", "--seconds", "nan"), "--seconds is no number\n  fix: the most that one question may take"),
        (("serve", "--seconds", "inf"), "is not in the range"),
        (("links", SHIPPED, "--from", "1999"), "the date 1999.0 is outside the run"),
        (("links", SHIPPED, "--output", "money.run_rate@soon"), "'soon' is no date"),
    ],
)
def test_wrong_words_end_with_two_and_the_nearest_right_one(words: tuple[str, ...], message: str) -> None:
    """The message goes to stderr; stdout stays empty."""
    result = putar_says(*words)

    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_a_page_that_cannot_be_written_is_said_so(tmp_path: Path, pond: str) -> None:
    """A file where the folder should be."""
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    result = putar_says("run", pond, "--out", str(taken / "deeper"))

    assert result.exit_code == 2
    assert "the page cannot be written" in result.stderr


def test_simulate_and_run_mean_the_same_by_a_setting(tmp_path: Path) -> None:
    """What is set from the start holds over what the scenario does to that constant later, in both."""
    words = (SHIPPED, "--scenario", "ahead_40", "--set", "planner.order_ahead_share=0.1")
    ran = document("run", *words, "--out", str(tmp_path))["headline"][0]
    rows = document("simulate", *words, "--variables", "money.run_rate,planner.order_ahead_share")

    assert set(rows["variables"]["planner.order_ahead_share"]) == {0.1}
    assert rows["variables"]["money.run_rate"][-1] == ran["points"][-1]["value"]


def test_a_folder_without_a_flywheel_is_said_so(tmp_path: Path) -> None:
    """What is missing, and where its form is written."""
    result = putar_says("run", str(tmp_path))

    assert result.exit_code == 2
    assert "has no flywheel.toml" in result.stderr


def test_a_value_outside_its_range_is_warned_of(tmp_path: Path) -> None:
    """The run goes on; the warning names the range."""
    found = document("run", SHIPPED, "--set", "users.churn_rate=9", "--out", str(tmp_path))

    assert any("users.churn_rate = 9 is outside its range" in row["what"] for row in found["warnings"])


def test_module_and_command_are_the_same() -> None:
    """`python -m putar` answers, quickly, without the heavy libraries."""
    code = "import sys, putar.cli; print(sorted({'numpy', 'scipy', 'rich', 'xarray'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    helped = subprocess.run(
        [sys.executable, "-m", "putar", "--help"], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == "[]"
    assert "simulate" in helped.stdout


VENSIM = """{UTF-8}
Contact Rate = 2 ~ Dmnl [0,9] ~ |
Region: North America, "b-2" ~~|
Sick People[Region] = INTEG(Contact Rate * Sick People[Region], 1) ~~|
no cure :THE CONDITION: Contact Rate = 0 :IMPLIES: Contact Rate <= 0 ~~|
INITIAL TIME = 0 ~ Month ~ | FINAL TIME = 2 ~ Month ~ | TIME STEP = 1 ~ Month ~ | SAVEPER = 1 ~ Month ~ |
"""


def test_names_may_be_spelled_as_in_the_file(tmp_path: Path) -> None:
    """Of constants that are set and of what is kept, elements too: 1, then 1 + 1 * 1 = 2, then 4."""
    path = tmp_path / "sick.mdl"
    path.write_text(VENSIM, encoding="utf-8")
    kept = ("--variables", 'Sick People[North America],sick_people["B-2"]')

    said = putar_says("simulate", str(path), "--set", "Contact Rate=1", *kept)

    assert said.exit_code == 0
    rows = list(csv.reader(io.StringIO(said.stdout)))
    assert rows[0][1:] == ["sick_people[north_america]", "sick_people[b-2]"]
    assert [row[1:] for row in rows[1:]] == [["1.0", "1.0"], ["2.0", "2.0"], ["4.0", "4.0"]]


def test_what_a_reader_noted_is_said_where_a_model_runs(tmp_path: Path) -> None:
    """On stderr with its line, and among the warnings of the answer."""
    path = tmp_path / "sick.mdl"
    path.write_text(VENSIM, encoding="utf-8")

    said = putar_says("simulate", str(path), "--json")
    assert said.stderr == "note: sick.mdl:5:1: a reality check is not part of a run (nothing to do)\n"
    assert json.loads(said.stdout)["times"] == [0.0, 1.0, 2.0]

    answer = document("run", str(path), "--out", str(tmp_path))
    assert [row["what"] for row in answer["warnings"]] == ["a reality check is not part of a run"]


def test_a_failed_run_answers_no(tmp_path: Path) -> None:
    """`run` says why, writes what it can, and ends with 1."""
    path = tmp_path / "sick.mdl"
    path.write_text(VENSIM + "y = SQRT(-Contact Rate) ~~|", encoding="utf-8")

    said = putar_says("run", str(path), "--out", str(tmp_path), "--json")

    assert said.exit_code == 1
    answer = json.loads(said.stdout)
    assert "y became not-a-number at 0" in answer["warnings"][0]["what"]
    assert (tmp_path / "sick.html").is_file()


@pytest.mark.parametrize("suffix", [".vmf", ".vpmx", ".vdf", ".stm"])
def test_files_that_only_other_tools_read_are_named(tmp_path: Path, suffix: str) -> None:
    """What the file is, and the way to one that can be read."""
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x00\x01")

    said = putar_says("run", str(path))

    assert said.exit_code == 2
    assert said.stderr.startswith(f"model{suffix} cannot be read: it is ")


def test_a_model_without_distributions_says_how_to_add_them(tmp_path: Path) -> None:
    """In the form that the model is in."""
    path = tmp_path / "plain.putar"
    path.write_text(re.sub(r"\n  distribution .*", "", POND), encoding="utf-8")
    result = putar_says("sensitivity", str(path), "--output", "pond.fish@10")

    assert result.exit_code == 2
    assert "no constant of plain has a distribution, so nothing is drawn" in result.stderr
    assert "distribution uniform LOW HIGH" in result.stderr


@pytest.mark.parametrize("command", ["check", "run", "loops"])
def test_values_of_data_variables_are_given_to_all_that_run(command: str, tmp_path: Path) -> None:
    model, table = tmp_path / "lake.mdl", tmp_path / "rain.csv"
    model.write_text(
        "rain ~~|\nlake = INTEG(rain - lake / 4, 8) ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\n"
        "TIME STEP = 1 ~~|\n"
    )
    table.write_text("time,rain\n0,2\n4,2\n")
    place = ("--out", str(tmp_path)) if command == "run" else ()
    assert putar_says(command, str(model), *place).exit_code != 0
    assert putar_says(command, str(model), "--data", str(table), *place).exit_code == 0
