"""The answer, on a terminal: one page of text worth reading, made from the run's document.

Only layout happens here; every number is taken from the payload. Colours help and never carry a
meaning alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from putar.language.amounts import number_text, unit_words
from putar.workbench.terminal_links import links_block, links_overview, short_text
from putar.workbench.terminal_worth import loops_block, targets_block, worth_block

__all__ = [
    "print_answer",
    "print_claims",
    "print_drivers",
    "print_links",
    "print_moat",
    "print_problems",
    "print_table",
]

LAMPS = {
    "holds": ("●", "green"),
    "likely": ("○", "green"),
    "undetermined": ("?", "bright_black"),
    "unlikely": ("□", "red"),
    "refuted": ("■", "red"),
    "mixed": ("◐", "yellow"),
    "ill-posed": ("–", "bright_black"),
    "untestable": ("–", "bright_black"),
}
Row = Mapping[str, Any]
COLUMNS = 5  # dates shown of a headline series
LONGEST = 40  # rows of a table that a terminal shows


def print_answer(console: Console, payload: Row) -> None:
    """Print the page of text that `putar run` ends in."""
    model, verdict = payload["model"], payload["verdict"]
    console.print()
    console.print(Text(model["title"] or model["name"], style="bold"), Text(_run_line(payload), style="dim"))
    if model["question"]:
        console.print(Text(model["question"], style="italic"))
    console.print()
    console.print(Padding(_verdict(verdict), (0, 2)))
    if payload["headline"]:
        _section(console, "The numbers", _headline(payload))
    outputs = payload["links"]["outputs"]
    if len(outputs) == 1:
        _section(console, f"Which link carries it: {outputs[0]['label']}", links_block(outputs[0]))
    elif outputs:
        _section(console, "Which link carries it", links_overview(outputs))
    if payload.get("told"):
        _section(console, "Which loops of the story close", loops_block(payload["told"]))
    brief = payload.get("brief") or []
    for table in (table for table in brief if table["kind"] != "target"):
        _section(console, str(table["title"]), _grid(table))
    if payload.get("moat"):
        moat = payload["moat"]
        _section(console, f"Who could build what {moat['group']['title']} have", _moat(moat))
    if payload.get("value"):
        _section(console, "What it is worth", worth_block(payload["value"]))
    for table in (table for table in brief if table["kind"] == "target"):
        _section(console, str(table["title"]), targets_block(table))
    if payload["binds"]:
        _section(console, "What binds when", _binds(payload["binds"]))
    if payload["claims"]:
        _section(console, f"What the story says{_under(payload)}", _claims(payload["claims"], long=False))
    if payload["warnings"]:
        _section(console, "Before you believe it", _warnings(payload["warnings"]))
    console.print()
    for file in payload["files"]:
        console.print(Text.assemble("  page: ", (str(file), "bold")), soft_wrap=True)
    engine = payload["engine"]
    made = f"{engine['kernel']} kernel, putar {engine['version']}, {payload['seconds']:.1f} s"
    console.print(Text(f"  {made}, checksum {engine['checksum']}; not investment advice", style="dim"))


def print_links(console: Console, findings: Sequence[Row]) -> None:
    """Print what each link carries, one block an output."""
    for finding in findings:
        _section(console, str(finding["label"]), links_block(finding))


def print_claims(console: Console, claims: Sequence[Row]) -> None:
    """Print every claim with its checks."""
    _section(console, "What the story says", _claims(claims, long=True))


def print_moat(console: Console, moat: Row) -> None:
    """Print what each rival lacks, how long and dear the way is, and what stays out of reach."""
    _section(console, f"Who could build what {moat['group']['title']} have", _moat(moat))


def print_problems(console: Console, problems: Sequence[Row], name: str) -> None:
    """Print problems with their places, and a count."""
    for problem in problems:
        style = {"error": "red", "warning": "yellow"}.get(problem["severity"], "dim")
        console.print(Text(f"{problem['severity']}", style=style), end=" ")
        console.print(Text(str(problem["text"])), soft_wrap=True)
    counts = Counter(problem["severity"] for problem in problems)
    shown = ", ".join(f"{n} {kind}{'s' * (n != 1)}" for kind, n in counts.items())
    console.print(Text(f"{name}: {shown or 'nothing to complain about'}", style="bold"))


def print_table(console: Console, table: Row) -> None:
    """Print a table that the flywheel declares; dates go across, everything else down."""
    console.print(Text(table["title"], style="bold"))
    console.print(_grid(table))
    rows = table["rows"]
    if table["kind"] != "dates" and len(rows) > LONGEST:
        console.print(Text(f"and {len(rows) - LONGEST} more rows: --json has them all", style="dim"))
    for line in _summary(table.get("summary") or {}):
        console.print(Text(line, style="dim"))


def print_drivers(console: Console, found: Row) -> None:
    """Print how an output spreads over draws and which constants drive it."""
    columns = [{"label": label, "unit": ""} for label in ("constant", "rank correlation", "standard error")]
    rows = [[d["name"], d["rank_correlation"], d["standard_error"]] for d in found["drivers"]]
    title = f"What {found['output']} rests on"
    table = {"title": title, "kind": "draws", "heads": 1, "columns": columns, "rows": rows, "summary": found}
    print_table(console, table)


def _cell(cell: float | str | None) -> str:
    return cell.replace("_", " ") if isinstance(cell, str) else number_text(cell)


def _summary(found: Row) -> Iterable[str]:
    if "quantiles" not in found:
        return
    unit = unit_words(found["unit"])
    parts = [
        f"{name} {number_text(row['value'])} (± {number_text(row['standard_error'])})"
        for name, row in (*found["quantiles"].items(), ("mean", found["mean"]))
    ]
    drawn = f"{found['members']} draws with seed {found['seed']}"
    yield f"{found['output']} over {drawn}, {unit}: {', '.join(parts)}"


def _grid(table: Row) -> RenderableType:
    """Return a table that the flywheel declares; dates go across, everything else down."""
    columns, rows, heads = table["columns"], table["rows"], table["heads"]
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    if table["kind"] == "dates":
        grid.add_column("")
        for row in rows:
            grid.add_column(str(row[0]), justify="right")
        grid.add_column("unit", style="dim")
        for index, column in enumerate(columns[1:], start=1):
            grid.add_row(column["label"], *[number_text(row[index]) for row in rows], column["unit"])
    else:
        for index, column in enumerate(columns):
            words = index < heads and any(isinstance(row[index], str) for row in rows)
            grid.add_column(
                f"{column['label']}\n{column['unit']}".rstrip(), justify="left" if words else "right"
            )
        for row in rows[:LONGEST]:
            names = [f"{cell:g}" if isinstance(cell, float) else _cell(cell) for cell in row[:heads]]
            grid.add_row(*names, *[_cell(cell) for cell in row[heads:]])
    return grid


def _section(console: Console, title: str, body: RenderableType) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(body, (0, 2)))


def _run_line(payload: Row) -> str:
    time, engine, scenario = payload["time"], payload["engine"], payload["scenario"]
    members = engine["members"]
    drawn = f", {members} members drawn with seed {engine['seed']}" if members else ""
    title = scenario["title"] or scenario["name"]
    if scenario["changed"]:
        title = f"{title} with {'; '.join(scenario['changed'])}"
    return f"  {title}, {time['start']:g} to {time['stop']:g}{drawn}"


def _under(payload: Row) -> str:
    """Return, for a run that was changed, what its claims are judged on."""
    scenario = payload["scenario"]
    return "" if scenario["name"] == "base" and not scenario["changed"] else ", judged on this run"


def _verdict(verdict: Row) -> RenderableType:
    style = {True: "bold green", False: "bold red"}.get(verdict["spins"], "bold")
    head, point, rest = str(verdict["sentence"]).partition(". ")
    parts: list[RenderableType] = [Text.assemble((head + point, style), rest)]
    parts += [Text(f"rests on {ground}", style="dim") for ground in verdict["rests_on"]]
    return Group(*parts)


def _shown_dates(points: Sequence[Row], now: float | None) -> list[float]:
    times = [float(point["time"]) for point in points]
    whole = [t for t in times[1:] if abs(t - round(t)) < 1e-9] or times
    step = max(1, -(-len(whole) // COLUMNS))
    dates = whole[::-step][::-1]
    if now is not None and times[0] <= now <= times[-1]:
        dates = sorted({*dates, min(times, key=lambda t: abs(t - now))})
    return dates


def _headline(payload: Row) -> RenderableType:
    rows, now = payload["headline"], payload["time"]["now"]
    dates = _shown_dates(rows[0]["points"], now)
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("", max_width=38)
    for date in dates:
        grid.add_column("now" if date == now else f"{date:g}", justify="right", no_wrap=True)
    for row in rows:
        points = {float(p["time"]): p for p in row["points"]}
        values = [points[date] for date in dates]
        unit = unit_words(row["unit"])
        name = Text.assemble(row["label"], (f", {unit}" if unit else "", "dim"))
        grid.add_row(name, *[number_text(p["value"]) for p in values])
        if any(p["low"] is not None for p in values):
            band = [_band(p, p["time"] >= (now or 0.0)) for p in values]
            grid.add_row(Text("  5 to 95 %", style="dim"), *[Text(b, style="dim") for b in band])
        if row["observed"]:
            seen = row["observed"][-1]
            last = f"  seen {number_text(seen['value'])} in {seen['time']:.1f} ({seen['fact']})"
            grid.add_row(Text(last, style="dim"))
    return grid


def _band(point: Row, shown: bool) -> str:
    return (
        f"{short_text(point['low'])} to {short_text(point['high'])}"
        if shown and point["low"] is not None
        else ""
    )


def _moat(moat: Row) -> RenderableType:
    unit, time = unit_words(moat["unit"]["cost"]), moat["unit"]["years"]
    titles = {capability["name"]: capability["title"] for capability in moat["capabilities"]}
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("rival")
    for name in (f"{time}s", "longest", unit, "large gaps", "out of reach"):
        grid.add_column(name, justify="left" if name == "longest" else "right", no_wrap=name != "large gaps")
    for rival in moat["rivals"]:
        for name, way in ((rival["title"], rival["build"]), ("  with contracts", rival["contract"])):
            ends = way["varied"]["share_out_of_reach"]
            share = f"{way['share_out_of_reach']:.0%} ({ends['low']:.0%} to {ends['high']:.0%})"
            longest = titles.get(way["longest"], "").lower()
            shown = [number_text(way["years"]), longest, number_text(way["cost"]), str(way["gaps"]), share]
            grid.add_row(Text(name, style="" if way is rival["build"] else "dim"), *shown)
    floors = [f"{rival['title']} {number_text(rival['build']['useful_budget'])}" for rival in moat["rivals"]]
    what = (
        f"Gaps are closed at once and at an even pace, up to {moat['goal']:.0%} of the group's level, so "
        f"money cannot shorten the {time}s above; spending beyond this much a {time} buys nothing ({unit}): "
        f"{', '.join(floors)}. Out of reach is the part of what links carry that a rival cannot have; in "
        f"brackets with all of its levels {moat['varied_by']:g} higher and lower, which are judgements."
    )
    return Group(grid, Text(what, style="dim"))


def _binds(spans: Sequence[Row]) -> RenderableType:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for what in dict.fromkeys(str(span["what"]) for span in spans):
        mine = [s for s in spans if s["what"] == what and s["to"] - s["from"] >= 0.1]
        shown = ", ".join(f"{s['from']:.1f} to {s['to']:.1f}" for s in mine)
        grid.add_row(what, shown or "only for moments")
    return grid


def _claims(claims: Sequence[Row], *, long: bool) -> RenderableType:
    counts = Counter(str(claim["verdict"]) for claim in claims)
    summary = "  ".join(f"{LAMPS.get(v, ('–', ''))[0]} {v} {n}" for v, n in counts.most_common())
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True)
    for claim in claims:
        sign, style = LAMPS.get(str(claim["verdict"]), ("–", ""))
        grid.add_row(Text(sign, style=style), Text(claim["says"]), Text(str(claim["verdict"]), style=style))
        if long:
            for check in claim["checks"]:
                grid.add_row("", Text(_check(check), style="dim"), Text(str(check["verdict"]), style="dim"))
            if claim["why"]:
                grid.add_row("", Text(str(claim["why"]), style="dim"), "")
    return Group(Text(summary), grid)


def _check(check: Row) -> str:
    computed = check["computed"] or {}
    if not check["formula"]:
        return f"{check['kind']}: {check['says'] or check['id']}"
    if computed.get("value") is None:
        return f"{check['kind']}: {check['formula']}, in {unit_words(check['unit']) or 'plain numbers'}"
    written = _date if check["unit"] == "date" else number_text
    value = written(computed["value"])
    if computed.get("low") is not None and computed["low"] != computed["high"]:
        value += f" ({written(computed['low'])} to {written(computed['high'])})"
    bound = check["bound"] if isinstance(check["bound"], list) else [check["bound"]]
    shown = " and ".join(written(end) for end in bound)
    chance = "" if check["probability"] is None else f", probability {check['probability']:.2f}"
    tested = f"{value} {check['comparator']} {shown} {check['unit']}"
    return f"{check['kind']}: {check['formula']} = {tested}{chance}{_turn(check)}"


def _date(value: float) -> str:
    return f"{value:.1f}"


def _turn(check: Row) -> str:
    """Return which input decides, and the value of it at which the verdict turns."""
    if not check["decided_by"]:
        return ""
    if check["critical"] is None:
        return f", decided by {check['decided_by']}, which turns it nowhere in its range"
    if check["critical_unit"] == "date":
        return f", decided by {check['decided_by']}, turns at {_date(check['critical'])}"
    unit = unit_words(check["critical_unit"] or "")
    return f", decided by {check['decided_by']}, turns at {number_text(check['critical'])} {unit}".rstrip()


def _warnings(warnings: Sequence[Row]) -> RenderableType:
    return Group(
        *[Text.assemble(("! ", "yellow"), str(w["what"]), (f"  {w['why']}", "dim")) for w in warnings]
    )
