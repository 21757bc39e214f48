"""The page's charts, claims, links and tables in a real browser: what a reader presses and reads.

The numbers that are expected are the payload's.
"""

import re
from pathlib import Path

import pytest

from tests.workbench import sample
from tests.workbench.screens import Open, address

pytestmark = pytest.mark.browser


def test_cursor_reads_the_payloads_values(show: Open) -> None:
    """Moving the date by keyboard shows the value and the band at that date, in chart, wheel and clock."""
    tab = show()
    slider = tab.get_by_role("slider", name="Date")
    slider.focus()
    slider.press("End")

    last = sample.payload()["headline"][0]["points"][-1]
    assert (last["time"], round(last["value"]), round(last["low"]), round(last["high"])) == (
        2032,
        123,
        55,
        327,
    )
    assert (
        re.sub(r"\s+", " ", tab.locator(".readout").inner_text())
        == "2032 Q1 Base run US$ 123 bn a year (55.1–327)"
    )
    assert tab.locator(".room-value[data-room=money]").text_content() == "US$ 120 bn"
    assert tab.locator(".clock-date").inner_text() == "2032 Q1"
    assert slider.get_attribute("aria-valuetext") == "2032 Q1: Run rate US$ 123 bn a year"


def test_pointer_reads_and_press_keeps(show: Open) -> None:
    """Hovering reads a date and leaving gives the cursor back; a press keeps the date."""
    tab = show()
    box = tab.locator(".ground").bounding_box()
    x, y = box["x"] + 0.8 * box["width"], box["y"] + 20

    tab.mouse.move(x, y)
    assert tab.locator(".readout .date").inner_text() == "2030 Q1"
    tab.mouse.move(x, box["y"] - 60)
    assert tab.locator(".readout .date").inner_text() == "2026 Q3"
    tab.mouse.click(x, y)
    tab.mouse.move(x, box["y"] - 60)
    assert tab.locator(".readout .date").inner_text() == "2030 Q1"


def test_strip_is_tabs_with_arrow_keys(show: Open) -> None:
    """The arrow moves, Enter chooses, and the address keeps it."""
    tab = show()
    tab.get_by_role("tab", name="Run rate").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")

    assert tab.get_by_role("tab", name="Weekly users").get_attribute("aria-selected") == "true"
    assert tab.locator(".axis-title").inner_text() == "million people"
    assert "chart=users.weekly_users" in address(tab)


def test_observed_dot_opens_its_source_and_gives_the_focus_back(show: Open) -> None:
    """A dot leads to value, range, date, publisher and the page it comes from; Escape returns to the dot."""
    tab = show(hash="#chart=fleet.capacity")
    dot = tab.locator(".dot").nth(2)
    dot.focus()
    tab.keyboard.press("Enter")
    drawer = tab.get_by_role("dialog", name="OpenAI compute capacity")

    assert drawer.locator(".big").inner_text() == "1.9 GW"
    assert drawer.locator("dd").all_inner_texts()[:2] == ["1.6–2", "31 Dec 2025"]
    link = drawer.get_by_role("link")
    assert link.get_attribute("href").startswith("https://www.neowin.net/")
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert "open=fact:GW_2025" in address(tab)
    tab.keyboard.press("Escape")
    assert drawer.is_hidden()
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("1.9 GW, Dec 2025")
    assert "open=" not in address(tab)


def test_scenarios_are_drawn_beside_the_run(show: Open) -> None:
    """A chosen scenario gets a line, a reading and a place in the address, and can be taken out."""
    tab = show()
    tab.get_by_role("combobox", name="Compare with").select_option("glut")

    assert tab.locator("path.line-pin").count() == 1
    assert tab.locator(".end .value").all_text_contents() == ["123", "70.8"]
    assert "pin=glut" in address(tab)
    again = show(hash="#pin=glut&pin=code_red&pin=no_such_run")
    assert again.locator("path.line-pin").count() == 2
    assert "no_such_run" in again.locator(".trouble").inner_text()
    tab.get_by_role("button", name="Take Glut: demand down 40%, orders up 40% out of the chart").click()
    assert tab.locator("path.line-pin").count() == 0


def test_scale_is_offered_where_it_means_something(show: Open) -> None:
    """Run rate can be read on a logarithmic scale; an indicator that falls below zero cannot."""
    tab = show()
    tab.get_by_role("button", name="Log", exact=True).click()
    ticks = tab.locator(".chart .axis").all_text_contents()
    assert {"0.1", "1", "10", "100"} <= set(ticks)
    tab.get_by_role("tab", name="Capability lead").click()
    assert tab.get_by_role("button", name="Log", exact=True).count() == 0


def test_table_behind_the_chart_is_the_chart(show: Open) -> None:
    """All dates of the payload are there, and the saved file has their numbers."""
    tab = show(hash="#pin=glut")
    points = sample.payload()["headline"][0]["points"]
    tab.locator("#chart summary").click()
    assert tab.locator("#chart tbody tr").count() == len(points)
    with tab.expect_download() as caught:
        tab.locator("#chart").get_by_role("button", name="Save the numbers as CSV").click()
    rows = Path(caught.value.path()).read_text(encoding="utf-8-sig").splitlines()

    assert caught.value.suggested_filename == "openai-compute-money-run_rate.csv"
    assert rows[0] == 'time,Base run,"a Glut: demand down 40%, orders up 40%",5%,95%'
    assert [float(row.split(",")[1]) for row in rows[1:]] == [point["value"] for point in points]


def test_limits_share_the_cursor(show: Open) -> None:
    """The limit that is active at the date is marked."""
    tab = show()
    assert tab.locator(".limit-row.active .limit").inner_text().startswith("Delivery")
    tab.get_by_role("slider", name="Date").press("End")
    tab.get_by_role("slider", name="Date").press("ArrowLeft")
    assert tab.locator(".limit-row.active .limit").inner_text().startswith("Plan")


def test_claim_opens_formula_value_bound_and_facts(show: Open) -> None:
    """Each check of a claim shows how it was decided, from formula to probability."""
    tab = show()
    tab.locator(".claim", has_text="The image launch: +32% weekly users").click()
    check = tab.locator(".check").first

    assert check.locator(".equation").inner_text() == "(1 + PULSE_W1) * (1 + PULSE_W2) - 1"
    assert (
        check.locator(".computed").inner_text() == "Computed 33.4% (30–36.8); the claim asks for at least 32%"
    )
    assert (
        check.get_by_role("img").get_attribute("aria-label")
        == "Computed 33.4%, interval 30–36.8, asked for at least 32%"
    )
    assert check.locator("dd").all_inner_texts() == ["83%", "the share of members", "PULSE_W1\nPULSE_W2"]
    check.locator(".equation").get_by_role("button", name="PULSE_W2").click()
    assert tab.locator(".big").inner_text() == "27%"
    tab.get_by_role("button", name="Back").click()
    assert tab.get_by_role("dialog").get_attribute("aria-labelledby") == "drawer-title"
    assert tab.locator("#drawer-title").inner_text() == "The image launch: +32% weekly users"


def test_check_says_what_moves_it_and_where_it_turns(show: Open) -> None:
    """The input that decides is named with the value at which the answer turns; notes lead to their names."""
    tab = show(hash="#open=claim:pulse")
    check = tab.locator(".check").nth(1)
    said = dict(
        zip(check.locator("dt").all_inner_texts(), check.locator("dd").all_inner_texts(), strict=True)
    )

    assert check.locator(".check-says").inner_text() == "The launch itself caused that rise"
    assert said["Decided by"] == "users.image_launch_size"
    assert said["Turns at"] == "0.62"
    check.locator("dd").last.get_by_role("button").click()
    assert tab.locator("#drawer-title").inner_text() == "Image launch size"
    two_bounds = show(hash="#open=claim:scale").locator(".computed").inner_text()
    assert two_bounds == "Computed 0.54 (0.35–0.7); the claim asks for between 0.5 and 0.9"


def test_every_verdict_has_a_shape_of_its_own(show: Open) -> None:
    """Without colour the eight verdicts still differ, but for ill-posed, which is drawn as untestable."""
    tab = show()
    lamps = tab.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.claim')].map((claim) =>
        [claim.querySelector('.finding').firstChild.textContent,
         claim.querySelector('.icon').innerHTML.replace(/var\\([^)]*\\)/g, '')]))"""
    )

    assert len(lamps) == 6
    assert len(set(lamps.values())) == 6


def test_choosing_an_output_changes_bars_and_pairs(show: Open) -> None:
    """One choice serves both; the bars add up to what the links make."""
    tab = show()
    output = sample.payload()["links"]["outputs"][1]
    tab.get_by_role("button", name="Value at 4 x sales cut from").click()

    assert tab.locator(".bar-value").first.inner_text() == "84.6"
    assert sum(link["shapley"] for link in output["links"]) == pytest.approx(
        output["all"] - output["none"], abs=0.1
    )
    assert tab.locator(".bar-takes").count() == 4
    assert tab.locator(".matrix .single").all_inner_texts()[0] == "178"
    assert "output=1" in address(tab)


def test_link_says_its_counterfactual(show: Open) -> None:
    """A link tells both forms and what a cut alone would do; a stand-in is named."""
    tab = show()
    tab.locator("button[data-link=own_research]").click()
    said = tab.get_by_role("dialog").inner_text()
    assert (
        "Cut alone from 2026 Q3: it would be US$ 88.9 bn a year instead of US$ 142 bn a year (−53.1)." in said
    )
    assert "It licenses the best open-weight or rival model" in said

    said = show(hash="#open=link:growth_capital").get_by_role("dialog").inner_text()
    assert "it would stay at US$ 142 bn a year. Cut together with Reinvestment: US$ 101 bn a year." in said


def test_wheel_is_walked_by_keyboard(show: Open) -> None:
    """Links and rooms are one tab stop each, with arrows inside; each says its ends, border and score."""
    tab = show()
    names = tab.locator(".wheel .link").evaluate_all(
        "(all) => all.map((each) => each.getAttribute('aria-label'))"
    )
    tab.locator(".wheel .link[tabindex='0']").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")

    assert any(
        name.startswith("Growth capital, Revenue → Cash and capital, between firms, ") for name in names
    )
    assert tab.get_by_role("dialog").is_visible()  # this sample carries no model, so nothing can be cut
    tab.keyboard.press("Escape")
    assert tab.locator(".wheel .link[tabindex='0']").count() == 1
    assert tab.locator(".wheel .link .crossing").count() == 3
    tab.locator(".wheel .room[tabindex='0']").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("details[data-subsystem=fleet]").get_attribute("open") is not None


def test_pairs_name_substitutes_and_complements(show: Open) -> None:
    """What two single cuts do not show is said in words, with the three losses."""
    tab = show()

    said = tab.locator(".pair-words li").all_inner_texts()

    assert said[1] == (
        "Growth capital and Supplier money stand in for each other. "
        "Alone they cost 0 and 0; both cut cost US$ 38.6 bn a year."
    )
    assert said[3] == (
        "Own research and Dedicated capacity need each other. "
        "Alone they cost 53.1 and 16.5; both cut cost US$ 53.9 bn a year, so 15.7 was counted twice."
    )


def test_what_if_rows_draw_themselves(show: Open) -> None:
    """A row's button draws that scenario in the chart; the reference row has no change."""
    tab = show()
    row = tab.locator(".scenarios tbody tr", has_text="Research first (20% serves)")
    row.get_by_role("button").click()

    assert row.locator(".change-number").all_inner_texts()[:2] == ["−11", "−23"]
    assert tab.locator(".scenarios .reference .change").count() == 0
    assert "pin=research_first" in address(tab)


def test_opening_says_how_much_is_assumed(show: Open) -> None:
    """The share is of what is believed; what is held fixed or decided is counted apart."""
    tab = show()
    statuses = [each["status"] for each in sample.payload()["parameters"]]
    assumed, believed = (
        statuses.count("assumed"),
        len(statuses) - statuses.count("fixed") - statuses.count("lever"),
    )

    assert (assumed, believed) == (31, 72)
    assert tab.locator(".rests-short").inner_text() == "43% of its numbers are assumed"
    tab.locator(".rests summary").click()
    assert tab.locator(".assumed p").inner_text() == (
        "31 of the 72 numbers the model rests on are assumed (43%). "
        "Not counted: 6 held fixed and 3 decisions. Show only assumptions"
    )


def test_numbers_are_searched_filtered_and_sorted(show: Open) -> None:
    """The table answers words, statuses and columns; the opening leads to the assumptions."""
    tab = show()
    rows = tab.locator(".parameters tbody tr")
    parameters = sample.payload()["parameters"]
    assert rows.count() == 12
    tab.locator(".rests summary").click()
    tab.get_by_role("button", name="Show only assumptions").click()
    assert rows.count() == sum(each["status"] == "assumed" for each in parameters)
    assert set(tab.locator(".parameters tbody .chip").all_inner_texts()) == {"assumed"}
    tab.get_by_role("button", name="only assumptions", exact=True).click()
    tab.get_by_role("searchbox", name="Search numbers").fill("churn 1/year")
    assert rows.locator("th .name").all_inner_texts() == ["Churn rate"]
    assert rows.locator("b").inner_text() == "0.79 a year"
    tab.get_by_role("searchbox", name="Search numbers").fill("no such word")
    assert "Nothing fits" in tab.locator("#parameters .note").inner_text()
    tab.get_by_role("searchbox", name="Search numbers").fill("")
    tab.locator(".parameters").get_by_role("button", name="Value", exact=True).click()
    assert tab.locator(".parameters th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert rows.first.locator("b").inner_text() == "2,680 million people"


def test_names_in_equations_open_what_they_mean(show: Open) -> None:
    """From an equation to the parameter, to who uses it, and back."""
    tab = show()
    tab.locator("[data-subsystem=capability] summary").click()
    tab.locator("[data-subsystem=capability] .equation").get_by_role(
        "button", name="imitation_gap"
    ).first.click()

    assert tab.locator("#drawer-title").inner_text() == "Imitation gap"
    assert tab.locator(".big").inner_text() == "0.33 powers of ten"
    assert "capability.imitation[actor]" in tab.locator(".drawer dd").all_inner_texts()[-3]
