"""Series: observations in time, each tied to a variable and a fact."""

from pathlib import Path

import pytest

from tests.flywheels.bakery import FILES, bakery, problems

HEADER = "series,variable,time,until,value,low,high,unit,fact\n"
ROW = "income,shop.income,1,2,1.7,1.6,1.9,keuro/year,INCOME_1\n"


def test_observations_are_sorted_and_know_their_fact(tmp_path: Path) -> None:
    found = bakery(tmp_path).series["income"]
    assert [(o.time, o.until, o.value, o.fact) for o in found] == [
        (1.0, None, 1.7, "INCOME_1"),
        (2.0, None, 2.1, "INCOME_2"),
    ]


def test_dates_and_periods_are_read(tmp_path: Path) -> None:
    text = HEADER + "income,shop.income,2001-07-02,2002-07-02,1.7,,,keuro/year,INCOME_1\n"
    (one,) = bakery(tmp_path, series_csv=text).series["income"]
    assert one.time == pytest.approx(2001 + 182 / 365)
    assert one.until == pytest.approx(2002 + 182 / 365)


def test_an_element_of_an_array_can_be_observed(tmp_path: Path) -> None:
    text = FILES["series.csv"] + "cake,shop.sales[cake],1,,0.9,,,keuro/year,INCOME_1\n"
    assert bakery(tmp_path, series_csv=text).series["cake"][0].variable == "shop.sales[cake]"


BAD = {
    "shop.income": ("shop.sales", "unknown variable 'shop.sales'"),
    "INCOME_1": ("INCOME_9", "unknown fact 'INCOME_9'"),
    "1,2,": ("2,1,", "the period ends at 1, before it starts"),
    "1,2": ("soon,2", "time is not a number: 'soon'"),
    "1.7,1.6": ("1.7,1.8", "income: low, value and high are 1.8, 1.7, 1.9"),
    "keuro/year": ("keuro/yr", "unknown unit 'yr'"),
    "income,s": (",s", "series is empty"),
}


@pytest.mark.parametrize("piece", BAD)
def test_bad_row_is_said_with_its_line(tmp_path: Path, piece: str) -> None:
    new, what = BAD[piece]
    first = "income,shop.income,3,,3,,,keuro/year,INCOME_2\n"
    found = problems(tmp_path, series_csv=HEADER + first + ROW.replace(piece, new, 1))
    assert found[0].partition("\n")[0].partition(": ")[2] == what
    assert found[0].startswith("series.csv:3:")


def test_an_observation_counts_what_its_variable_counts(tmp_path: Path) -> None:
    """Another scale is fine, and over a period a total of a flow; another kind is not."""
    fine = "total,shop.income,1,2,1700,,,euro,INCOME_1\nmean,shop.income,1,2,1700,,,euro/year,INCOME_1\n"
    assert problems(tmp_path, series_csv=HEADER + fine + ROW) == []
    wrong = "a,shop.income,1,,1700,,,euro,INCOME_1\nb,shop.income,1,2,1700,,,loaf,INCOME_1\n"
    text = FILES["flywheel.toml"].replace('series = "income"\n', "")
    found = problems(tmp_path, series_csv=HEADER + wrong, flywheel_toml=text)
    assert [one.partition("\n")[0] for one in found] == [
        "series.csv:2:25: euro is observed of shop.income, which is euro/year",
        "series.csv:3:26: loaf is observed of shop.income, which is euro/year",
    ]


def test_one_time_and_one_variable_a_series(tmp_path: Path) -> None:
    other = "income,oven.capacity,5,,900,,,loaf/year,INCOME_1\n"
    found = problems(tmp_path, series_csv=HEADER + ROW + ROW + other)
    assert [text.partition("\n")[0] for text in found] == [
        "series.csv:3:20: income has this time already, in line 2",
        "series.csv:4:8: income observes shop.income above and oven.capacity here",
    ]
