"""The shipped flywheels' own pages in a real browser: what a reader turns, and what answers."""

import re
from pathlib import Path
from typing import Any

import pytest

import putar
from putar.flywheels.scenarios import run_spec
from putar.flywheels.simulate import simulate
from tests.workbench.screens import DESK, FLYWHEELS, PHONE, address

pytestmark = pytest.mark.browser

CEILING = "money.enterprise_market_ceiling"


def run_rate_2030(**wishes: Any) -> str:
    """What Python says of the run rate of 2030, as the page writes it."""
    flywheel = putar.load("openai-compute").flywheel
    spec = run_spec(flywheel.model, flywheel.scenarios["base"], cut=wishes.get("cut", ()), now=flywheel.now)
    value = float(simulate(flywheel, spec).at("money.run_rate", 2030.0)[0])
    return f"{value:.3g}"


def slider(tab: Any, name: str) -> Any:
    """The rail of a constant."""
    return tab.locator(f'.slider[data-name="{name}"] .rail-input')


def drag(tab: Any, name: str, positions: range) -> None:
    """Move a rail as a hand does: an input event for each position, a change at the end."""
    slider(tab, name).evaluate(
        """async (rail, positions) => {
          for (const position of positions) {
            rail.value = position;
            rail.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise((resolve) => setTimeout(resolve, 40));
          }
          rail.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        list(positions),
    )


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", FLYWHEELS)
def test_first_screen_has_question_verdict_wheel_chart_and_views(
    turn: Any, name: str, size: dict[str, int]
) -> None:
    """On a desk all of it stands on the first screen, the strip as well; a phone has it in one column."""
    tab = turn(name=name, size=size)
    bottoms = tab.evaluate(
        """(parts) => Object.fromEntries(parts.map((each) =>
          [each, document.querySelector(each).getBoundingClientRect().bottom]))""",
        ["#question", "#sentence", "svg.wheel", "svg.chart", ".views", "#clock", "#strip"],
    )

    assert tab.locator(".views button").all_inner_texts() == ["The story's own", "Base", "Sceptic"]
    assert re.match(r"(Yes|No|Open)\b[^.]*:", tab.locator("#sentence").inner_text())
    assert tab.locator("#sentence").inner_text().count(". ") == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if size == DESK:
        assert max(bottoms.values()) <= size["height"]
    else:
        assert bottoms["#question"] < bottoms[".views"] < bottoms["svg.wheel"] < bottoms["svg.chart"]


def test_cutting_a_link_says_what_python_says(turn: Any) -> None:
    """The switch goes off, the sentence tells the counterfactual and the effect; a second press mends it."""
    tab = turn()
    link = tab.locator(".wheel [data-link=own_research]")
    assert link.get_attribute("aria-checked") == "true"
    link.focus()
    tab.keyboard.press("Enter")
    tab.locator(".yours").get_by_text("Your settings").wait_for()

    base, cut = run_rate_2030(), run_rate_2030(cut=("own_research",))
    assert link.get_attribute("aria-checked") == "false"
    said = tab.locator(".wheel-said").inner_text()
    assert said.startswith("Own research is cut from 2026 Q3: licenses or copies the best rival's model")
    assert said.endswith(f"Run rate 2030: US$ {base} → {cut} bn a year.")
    assert "cut=own_research" in address(tab)
    link.press(" ")
    tab.locator(".wheel [data-link=own_research][aria-checked=true]").wait_for(state="attached")
    tab.locator("#sentence").wait_for(state="visible")
    assert "cut=" not in address(tab)


def test_slider_redraws_on_every_input(turn: Any) -> None:
    """Each input event ends in a drawing; the line, the strip and the address follow; undo takes one step."""
    tab = turn()
    tab.evaluate("performance.clearMeasures('redraw')")
    rail = slider(tab, CEILING)
    for drawn, position in enumerate(range(560, 600, 8), start=1):
        rail.evaluate(
            "(rail, to) => { rail.value = to; rail.dispatchEvent(new Event('input', { bubbles: true })) }",
            position,
        )
        for _ in range(600):
            if tab.evaluate("performance.getEntriesByName('redraw').length") >= drawn:
                break
            tab.wait_for_timeout(50)
        else:
            pytest.fail(f"input {drawn} was not drawn within 30 seconds")
    rail.dispatch_event("change")

    assert tab.locator("path.line-now").count() == 1
    assert tab.locator("path.line-default").count() == 1
    assert tab.locator(".tab-change").first.inner_text().startswith("+")
    assert f"{CEILING}=" in address(tab)
    tab.get_by_role("button", name="Undo", exact=True).click()
    tab.locator("#sentence").wait_for(state="visible")
    assert tab.locator("path.line-now").count() == 0


def test_rail_and_field_obey_the_keyboard(turn: Any) -> None:
    """Arrows, Page keys and Home move, Delete and a double click reset; a field can be typed in."""
    tab = turn()
    rail, field = slider(tab, CEILING), tab.locator(f'.slider[data-name="{CEILING}"] .typed')
    rail.focus()
    start = field.input_value()
    tab.keyboard.press("ArrowRight")
    one = float(field.input_value())
    tab.keyboard.press("PageUp")
    assert float(field.input_value().replace(",", "")) > one > float(start)
    tab.keyboard.press("Home")
    assert field.input_value() == "85.3"
    tab.keyboard.press("Delete")
    assert field.input_value() == start
    field.fill("1,250")
    field.press("Enter")
    assert rail.get_attribute("aria-valuetext") == "US$ 1,250 bn a year"
    rail.dblclick()
    assert field.input_value() == start


def test_both_changes_give_three_lines(turn: Any) -> None:
    """Beliefs alone are dashed, beliefs and decisions solid, the default stays."""
    tab = turn(hash=f"#{CEILING}=800&planner.order_ahead_share=0.4")
    tab.locator("path.line-now").wait_for(state="attached")

    assert tab.locator("path.line-beliefs").get_attribute("stroke-dasharray") == "6 4"
    assert tab.locator(".readout .reading").count() == 3
    assert tab.locator(".end-now text").first.text_content() == "beliefs and deci…"


def test_address_gives_the_same_picture(turn: Any) -> None:
    """What is copied opens as it was left, down to the drawn line; another model's address says so."""
    tab = turn()
    tab.locator(".views button").first.click()
    tab.locator(".yours").get_by_text("→ 229").wait_for()
    tab.locator(".wheel [data-link=vendor_finance]").press("Enter")
    tab.get_by_text("Run rate 2030: US$ 229 →").wait_for()
    tab.get_by_role("button", name="Pin your settings").click()
    tab.locator("path.line-pin").wait_for(state="attached")
    ends = tab.locator(".end .value").all_text_contents()
    copied = address(tab).partition("#")[2]
    again = turn(hash=f"#{copied}")
    again.locator("path.line-pin").wait_for(state="attached")

    assert again.locator(".end .value").all_text_contents() == ends
    assert again.locator(".wheel [data-link=vendor_finance]").get_attribute("aria-checked") == "false"
    other = turn(hash="#" + re.sub(r"model=\w+", "model=0123456789ab", copied))
    assert "was made for model 0123456789ab" in other.locator(".trouble").inner_text()
    assert other.locator("path.line-now").count() == 0


def test_a_claim_flips_as_the_story_is_believed(turn: Any) -> None:
    """Lamps follow the settings, say what they were, and tell a screen reader."""
    tab = turn(name="tesla-xai-spacex")
    whole = tab.locator(".claim", has_text="The whole is worth more than its parts")
    assert whole.locator(".finding > :first-child").inner_text() == "mixed"
    tab.locator(".views button").first.click()
    whole.locator(".was").wait_for()

    assert whole.locator(".finding > :first-child").inner_text() == "holds"
    assert "was mixed" in whole.inner_text()
    assert (
        "The whole is worth more than its parts" in tab.locator("#claims .hidden[role=status]").inner_text()
    )


def test_claim_offers_the_change_that_turns_it(turn: Any) -> None:
    """The drawer has the course and the nearest change; pressing it sets the number and judges again."""
    tab = turn(hash="#open=claim:launch_32")
    check = tab.locator(".check").nth(1)
    check.locator(".small-chart path.line-default").wait_for(state="attached")
    check.get_by_role("button", name="Try it").click()
    tab.locator(".small-chart path.line-now").first.wait_for(state="attached")

    assert re.search(r"[&#][a-z_]+\.[a-z_]+=[-0-9.e]+@start", address(tab))


def test_members_stream_into_the_band(turn: Any) -> None:
    """The band of the settings fills with draws and says how many."""
    tab = turn(hash=f"#{CEILING}=800")
    tab.locator(".chart-note").get_by_text("5–95% of 300 members").wait_for()

    assert tab.locator(".chart .band:not(.late)").count() == 1


def test_your_settings_stand_first_in_the_table(turn: Any) -> None:
    """The first row of the what-if table is the reader's, with the numbers of the strip."""
    tab = turn(hash=f"#{CEILING}=800")
    row = tab.locator(".scenarios tbody tr").first
    row.get_by_text("Your settings").wait_for()

    said = row.locator("td").nth(1).evaluate("(cell) => cell.firstChild.textContent")
    assert said == tab.locator(".tab-value").first.inner_text()


def test_links_are_ranked_for_the_settings(turn: Any) -> None:
    """On demand every set of links runs again; what is shown then adds up to the new gap."""
    tab = turn(hash=f"#{CEILING}=800&output=1")
    tab.get_by_role("button", name="Rank for your settings").click()
    tab.get_by_text("Ranked for your settings").wait_for()

    values = tab.locator(".bar-value").all_inner_texts()
    shown = sum(float(each.replace("\u2212", "-").replace(",", "")) for each in values)
    assert f"{shown:.0f}" in tab.locator("#links").inner_text()


SLOWDOWN = """() => {
  const times = [];
  for (let chunk = 0; chunk < 200; chunk++) {
    const began = performance.now();
    let sum = 0;
    for (let i = 0; i < 400000; i++) sum += Math.sqrt(i);
    times.push(performance.now() - began + (sum < 0));
  }
  return times.reduce((a, b) => a + b) / (times.length * Math.min(...times));
}"""


@pytest.mark.parametrize(("name", "median"), [("openai-compute", 50.0), ("tesla-xai-spacex", 100.0)])
def test_drag_to_redraw_is_quick(turn: Any, name: str, median: float) -> None:
    """From input event to drawn lines, measured in the page while a rail is dragged.

    The aim is 50 ms (100 for the larger model) in the median and 100 (200) for the slowest twentieth on an
    idle machine. Others may use this one: what a fixed piece of work takes here over its best time says how
    busy it is, and twice that is allowed.
    """
    tab = turn(name=name)
    tab.wait_for_timeout(3000)
    first = tab.locator(".slider").first.get_attribute("data-name")
    drag(tab, first, range(500, 520))
    found = []
    for start in (520, 680, 840):  # the quietest of three drags counts
        tab.evaluate("performance.clearMeasures('redraw')")
        before = tab.evaluate(SLOWDOWN)
        drag(tab, first, range(start, start + 160, 2))
        tab.wait_for_timeout(500)
        allowed = 2.0 * max(before, tab.evaluate(SLOWDOWN), 1.0)
        taken = sorted(tab.evaluate("performance.getEntriesByName('redraw').map((each) => each.duration)"))
        assert taken
        middle, slow = taken[len(taken) // 2] / allowed, taken[int(0.95 * len(taken))] / allowed
        found.append((middle, slow))
        if middle < median and slow < 2 * median:
            break

    assert any(middle < median and slow < 2 * median for middle, slow in found), found


def test_keyboard_alone_reaches_and_turns_everything(turn: Any) -> None:
    """Tab meets views, wheel, play, chart tabs, claims and sliders in this order, and each can be pressed."""
    tab = turn()
    seen = []
    for _ in range(90):
        tab.keyboard.press("Tab")
        seen.append(
            tab.evaluate(
                """() => [".skip", ".views", ".wheel", ".play", ".claims", ".strip", ".rail-input"]
                  .find((each) => document.activeElement.closest(each)) ?? ''"""
            )
        )
        if seen[-1] == ".rail-input":
            break

    order = list(dict.fromkeys(each for each in seen if each))
    assert order == [".skip", ".views", ".wheel", ".play", ".claims", ".strip", ".rail-input"]


def test_still_for_those_who_ask(turn: Any) -> None:
    """With reduced motion nothing turns; without it the wheel turns until it is stopped."""
    assert turn(reduced_motion="reduce").evaluate("document.getAnimations().length") == 0
    tab = turn()
    running = "document.getAnimations().filter((each) => each.playState === 'running').length"
    assert tab.evaluate(running) > 0
    tab.get_by_role("button", name="Stop the wheel").click()
    tab.wait_for_timeout(50)
    assert tab.evaluate(running) == 0


def test_charts_are_saved_as_files(turn: Any) -> None:
    """SVG, PNG and CSV are written by the page itself."""
    tab = turn(hash=f"#{CEILING}=800")
    tab.locator("#chart .behind summary").click()
    for name, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"\xef\xbb\xbf")):
        with tab.expect_download() as caught:
            tab.get_by_role("button", name=f"as {name}").first.click()
        content = Path(caught.value.path()).read_bytes()
        assert caught.value.suggested_filename == f"openai-compute-money-run_rate.{name.lower()}"
        assert content.startswith(start)
        assert len(content) > 500


def test_replay_shows_the_last_change_again(turn: Any) -> None:
    """Replay goes back to what was before and comes again to what is; redo brings back what was undone."""
    tab = turn(reduced_motion="reduce")
    tab.locator(".views button").last.click()
    tab.locator(".yours").get_by_text("→ 96.6").wait_for()
    tab.get_by_role("button", name="Replay my last change").click()
    tab.locator("#sentence").wait_for(state="visible")
    tab.locator(".yours").get_by_text("→ 96.6").wait_for()

    tab.get_by_role("button", name="Undo", exact=True).click()
    tab.locator("#sentence").wait_for(state="visible")
    tab.keyboard.press("Control+Shift+z")
    tab.locator(".yours").get_by_text("→ 96.6").wait_for()
    assert tab.locator(".views [aria-pressed=true]").inner_text() == "Sceptic"
    tab.get_by_role("button", name="Reset all").click()
    tab.locator("#sentence").wait_for(state="visible")


def test_pins_stay_and_differences_are_drawn(turn: Any) -> None:
    """Six pins are the most, labelled a to f; the default run's difference from itself is zero."""
    names = ["glut", "research_first", "deployment_first", "no_progress", "ahead_40", "behind_30", "viral"]
    tab = turn(hash="#" + "&".join(f"pin={name}" for name in names))
    assert tab.locator(".pins .run b").all_inner_texts() == list("abcdef")
    assert tab.get_by_role("combobox", name="Compare with").is_disabled()

    tab.get_by_role("button", name="Difference", exact=True).click()
    tab.get_by_role("slider", name="Date", exact=True).press("Home")
    assert tab.locator(".readout .reading.main b").inner_text() == "0"
    assert tab.locator(".chart .dot, .chart .band").count() == 0
    assert "mode=difference" in address(tab)


def test_change_of_language_keeps_the_settings(turn: Any) -> None:
    """The page drawn anew has the same changes, and undo still takes one step at a time."""
    tab = turn(hash=f"#{CEILING}=800")
    tab.locator(".yours").get_by_text("Your settings").wait_for()
    tab.locator(".languages button[lang=id]").click()
    assert tab.locator(".yours strong").inner_text() == "Pengaturan Anda:"
    tab.locator(".wheel [data-link=vendor_finance]").press("Enter")
    tab.keyboard.press("Control+z")

    assert tab.locator(".wheel [data-link=vendor_finance]").get_attribute("aria-checked") == "true"
    assert f"{CEILING}=800" in address(tab)


def test_loops_follow_the_settings(turn: Any) -> None:
    """With its own research cut the squeeze on research no longer leads, in the section and on the wheel."""
    tab = turn()
    assert "Squeeze" in tab.locator(".loop-leader").inner_text()
    tab.locator(".wheel [data-link=own_research]").press("Enter")
    tab.locator(".loop-leader").filter(has_not_text="Squeeze").wait_for()

    assert tab.locator(".loop-chip").filter(has_text="B3").count() == 0


def test_a_number_outside_its_range_is_warned_of_and_set_back(turn: Any) -> None:
    """The warning says the range; its button moves the number to the nearest end."""
    tab = turn(hash=f"#{CEILING}=5000")
    warning = tab.locator(".warnings li", has_text="outside 85.3–1,880")
    tab.locator(".band:not(.late)").first.wait_for(state="attached")  # nothing is drawn anew now
    warning.get_by_role("button").click()
    warning.wait_for(state="detached")

    assert f"{CEILING}=1880" in address(tab)


def test_file_can_be_mailed(written: dict[str, str]) -> None:
    """Model, loops, claims, facts and both languages together stay well under one megabyte."""
    sizes = {name: Path(address.removeprefix("file://")).stat().st_size for name, address in written.items()}

    assert {name: size for name, size in sizes.items() if size >= 850_000} == {}
