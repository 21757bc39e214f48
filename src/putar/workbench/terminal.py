"""The answer, on a terminal: one page of text worth reading, made from the run's document.

Only layout happens here; every number is taken from the payload and every word from the catalogue, in the
language that is asked for. Colours help and never carry a meaning alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from putar.words.said import Words
from putar.workbench.terminal_fit import Fitting, longest_word
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
LADDER = ("holds", "likely", "undetermined", "unlikely", "refuted")  # from yes to no
Row = Mapping[str, Any]
ENGLISH = Words()
COLUMNS = 5  # dates shown of a headline series
LONGEST = 40  # rows of a table that a terminal shows


def print_answer(console: Console, payload: Row, words: Words = ENGLISH) -> None:
    """Print the page of text that `putar run` ends in."""
    model, verdict = payload["model"], payload["verdict"]
    title = Text(words.told(model["title"] or model["name"]), style="bold")
    console.print()
    console.print(title, Text(_run_line(payload, words), style="dim"))
    if model["question"]:
        console.print(Text(words.told(model["question"]), style="italic"))
    console.print()
    console.print(Padding(_verdict(verdict, words), (0, 2)))
    if payload.get("value") and payload["value"]["apart"] is not None:
        console.print()
        console.print(Padding(Text(_worth(payload, words), style="bold"), (0, 2)))
    if payload["headline"]:
        _section(console, words.say("terminal.numbers"), _headline(payload, words))
    outputs = payload["links"]["outputs"]
    if len(outputs) == 1:
        carries = words.say("terminal.carries", output=outputs[0]["label"])
        _section(console, carries, links_block(outputs[0], words))
    elif outputs:
        _section(console, words.say("terminal.carry"), links_overview(outputs, words))
    if payload.get("told"):
        _section(console, words.say("terminal.told"), loops_block(payload["told"], words))
    brief = payload.get("brief") or []
    for table in (table for table in brief if table["kind"] != "target"):
        _section(console, words.told(table["title"]), _fitting(table, words))
    if payload.get("moat"):
        print_moat(console, payload["moat"], words)
    if payload.get("value"):
        _section(console, words.say("terminal.worth"), worth_block(payload["value"], words))
    for table in (table for table in brief if table["kind"] == "target"):
        _section(console, words.told(table["title"]), targets_block(table, words))
    if payload["binds"]:
        _section(console, words.say("terminal.binds"), _binds(payload["binds"], words))
    if payload["claims"]:
        _section(console, _claims_title(payload, words), _claims(payload["claims"], words, long=False))
    if payload["warnings"]:
        _section(console, words.say("terminal.warnings"), _warnings(payload["warnings"], words))
    console.print()
    for file in payload["files"]:
        head, _, tail = words.say("terminal.page", file="|").partition("|")
        console.print(Text.assemble(f"  {head}", (str(file), "bold"), tail), soft_wrap=True)
    engine = payload["engine"]
    made = words.say("terminal.made", seconds=words.formatted(payload["seconds"], ".1f"), **engine)
    console.print(Text(f"  {made}", style="dim"))


def print_links(console: Console, findings: Sequence[Row], words: Words = ENGLISH) -> None:
    """Print what each link carries, one block an output."""
    for finding in findings:
        _section(console, words.told(finding["label"]), links_block(finding, words))


def print_claims(console: Console, claims: Sequence[Row], words: Words = ENGLISH) -> None:
    """Print every claim with its checks, or that there is none."""
    if not claims:
        console.print(Text(words.say("claims.empty")))
        return
    _section(console, words.say("terminal.claims"), _claims(claims, words, long=True))


def print_moat(console: Console, moat: Row, words: Words = ENGLISH) -> None:
    """Print what each rival lacks, how long and dear the way is, and what stays out of reach."""
    _section(console, words.say("terminal.moat", group=moat["group"]["title"]), _moat(moat, words))


def print_problems(console: Console, problems: Sequence[Row], name: str, words: Words = ENGLISH) -> None:
    """Print problems with their places, and a count."""
    for problem in problems:
        style = {"error": "red", "warning": "yellow"}.get(problem["severity"], "dim")
        kind = words.term(f"terminal.problem_{problem['severity']}", problem["severity"])
        console.print(Text(kind, style=style), end=" ")
        console.print(Text(words.told(problem["text"])), soft_wrap=True)
    counts = Counter(problem["severity"] for problem in problems)
    said = {"error": "terminal.errors", "warning": "terminal.warnings_n", "note": "terminal.notes"}
    shown = ", ".join(words.count(said[kind], n) for kind, n in counts.items())
    console.print(Text(f"{name}: {shown or words.say('terminal.no_problem')}", style="bold"))


def print_table(console: Console, table: Row, words: Words = ENGLISH) -> None:
    """Print a table that the flywheel declares; dates go across, everything else down."""
    console.print(Text(words.told(table["title"]), style="bold"))
    console.print(_fitting(table, words))
    rows = table["rows"]
    if table["kind"] != "dates" and len(rows) > LONGEST:
        console.print(Text(words.say("terminal.more_rows", n=len(rows) - LONGEST), style="dim"))
    for line in _summary(table.get("summary") or {}, words):
        console.print(Text(line, style="dim"))


def print_drivers(console: Console, found: Row, words: Words = ENGLISH) -> None:
    """Print how an output spreads over draws and which constants drive it."""
    labels = [words.say(f"terminal.{each}") for each in ("constant", "rank_correlation", "standard_error")]
    columns = [{"label": label, "unit": ""} for label in labels]
    rows = [[d["name"], d["rank_correlation"], d["standard_error"]] for d in found["drivers"]]
    title = words.say("terminal.rests", output=found["output"])
    table = {"title": title, "kind": "draws", "heads": 1, "columns": columns, "rows": rows, "summary": found}
    print_table(console, table, words)


def _cell(cell: float | str | None, words: Words) -> str:
    if isinstance(cell, str):  # a name that can be typed stays as it is written
        return cell if "." in cell or "_" in cell else words.told(cell)
    return words.number(cell)


def _summary(found: Row, words: Words) -> Iterable[str]:
    if "quantiles" not in found:
        return
    parts = [
        f"{name} {words.number(row['value'])} (± {words.number(row['standard_error'])})"
        for name, row in (*found["quantiles"].items(), (words.say("terminal.mean"), found["mean"]))
    ]
    drawn = {key: found[key] for key in ("output", "members", "seed")}
    yield words.say("terminal.spread", unit=words.unit(found["unit"]), parts=", ".join(parts), **drawn)


def _fitting(table: Row, words: Words) -> RenderableType:
    """Return a table that the flywheel declares, as it fits."""
    return Fitting(lambda narrow: _grid(table, words, narrow=narrow))


def _grid(table: Row, words: Words, *, narrow: bool) -> Table:
    """Return a table that the flywheel declares; in a narrow one the heads of numbers wrap at each word."""
    columns, rows, heads = table["columns"], table["rows"], table["heads"]
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    if table["kind"] == "dates":
        grid.add_column("")
        for row in rows:
            grid.add_column(words.told(row[0]), justify="right", no_wrap=True)
        for index, column in enumerate(columns[1:], start=1):
            unit = words.unit(column["unit"])
            label = Text.assemble(words.told(column["label"]), (f", {unit}" if unit else "", "dim"))
            grid.add_row(label, *[words.number(row[index]) for row in rows])
    else:
        for index, column in enumerate(columns):
            named = index < heads and any(isinstance(row[index], str) for row in rows)
            head = f"{words.told(column['label'])}\n{words.unit(column['unit'])}".rstrip()
            room = longest_word([head, *(_cell(row[index], words) for row in rows[:LONGEST])])
            grid.add_column(
                head,
                width=room if narrow and not named else None,
                justify="left" if named else "right",
                overflow="fold",
                no_wrap=named and table["kind"] in ("levers", "draws", "scenarios"),
            )
        for row in rows[:LONGEST]:
            names = [
                words.formatted(cell, "g") if isinstance(cell, float) else _cell(cell, words)
                for cell in row[:heads]
            ]
            grid.add_row(*names, *[_cell(cell, words) for cell in row[heads:]])
    return grid


def _section(console: Console, title: str, body: RenderableType) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(body, (0, 2)))


def _run_line(payload: Row, words: Words) -> str:
    time, engine, scenario = payload["time"], payload["engine"], payload["scenario"]
    title = words.told(scenario["title"] or scenario["name"])
    if scenario["changed"]:
        changed = "; ".join(words.told(each) for each in scenario["changed"])
        title = words.say("terminal.changed", title=title, changed=changed)
    span = {key: words.formatted(time[key], "g") for key in ("start", "stop")}
    drawn = {"members": engine["members"], "seed": engine["seed"]} if engine["members"] else {}
    return "  " + words.say("terminal.run_drawn" if drawn else "terminal.run", title=title, **span, **drawn)


def _claims_title(payload: Row, words: Words) -> str:
    """Return the title of the claims: for a run that was changed, what they are judged on."""
    scenario = payload["scenario"]
    plain = scenario["name"] == "base" and not scenario["changed"]
    return words.say("terminal.claims" if plain else "terminal.claims_changed")


def _worth(payload: Row, words: Words) -> str:
    """Return whether the whole is worth more than its parts, and on which side of the borders that lies."""
    value, first = payload["value"], payload["links"]["outputs"][0]
    added = value["whole"] - value["apart"]
    text = words.say(
        "terminal.worth_more" if added >= 0 else "terminal.worth_less",
        whole=words.amount(value["whole"], value["unit"]),
        added=words.number(abs(added)),
        apart=words.number(value["apart"]),
    )
    if {row["border"] for row in first["links"]} == {"across", "inside"}:
        sums = {key: words.number(first[key]) for key in ("across", "inside")}
        text = f"{text} {words.say('terminal.worth_borders', **sums)}"
    return text


def _verdict(verdict: Row, words: Words) -> RenderableType:
    style = {True: "bold green", False: "bold red"}.get(verdict["spins"], "bold")
    head, point, rest = words.told(verdict["sentence"]).partition(": ")
    parts: list[RenderableType] = [Text.assemble((head + point, style), rest)]
    parts += [
        Text(words.say("terminal.rests_on", ground=ground), style="dim") for ground in verdict["rests_on"]
    ]
    return Group(*parts)


def _shown_dates(points: Sequence[Row], now: float | None) -> list[float]:
    times = [float(point["time"]) for point in points]
    whole = [t for t in times[1:] if abs(t - round(t)) < 1e-9] or times
    step = max(1, -(-len(whole) // COLUMNS))
    dates = whole[::-step][::-1]
    if now is not None and times[0] <= now <= times[-1]:
        dates = sorted({*dates, min(times, key=lambda t: abs(t - now))})
    return dates


def _headline(payload: Row, words: Words) -> RenderableType:
    rows, now = payload["headline"], payload["time"]["now"]
    dates = _shown_dates(rows[0]["points"], now)
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column("", max_width=38)
    for date in dates:
        said = words.say("terminal.now") if date == now else words.formatted(date, "g")
        grid.add_column(said, justify="right", no_wrap=True)
    for row in rows:
        points = {float(p["time"]): p for p in row["points"]}
        values = [points[date] for date in dates]
        unit = words.unit(row["unit"])
        name = Text.assemble(words.told(row["label"]), (f", {unit}" if unit else "", "dim"))
        grid.add_row(name, *[words.number(p["value"]) for p in values])
        if any(p["low"] is not None for p in values):
            band = [_band(p, p["time"] >= (now or 0.0), words) for p in values]
            grid.add_row(
                Text("  " + words.say("terminal.band"), style="dim"), *[Text(b, style="dim") for b in band]
            )
        if row["observed"]:
            seen = row["observed"][-1]
            at = words.formatted(seen["time"], ".1f")
            last = words.say("terminal.seen", value=words.number(seen["value"]), date=at, fact=seen["fact"])
            grid.add_row(Text(f"  {last}", style="dim"))
    return grid


def _band(point: Row, shown: bool, words: Words) -> str:
    if not shown or point["low"] is None:
        return ""
    return words.say(
        "terminal.span", **{"from": short_text(point["low"], words), "to": short_text(point["high"], words)}
    )


def _moat(moat: Row, words: Words) -> RenderableType:
    unit, year = words.unit(moat["unit"]["cost"]), moat["unit"]["years"]
    time, times = words.term(f"per.{year}", year), words.term(f"unit.{year}", f"{year}s")
    titles = {capability["name"]: capability["title"] for capability in moat["capabilities"]}
    heads = [
        words.say("terminal.rival"),
        times,
        *(
            words.say("terminal.longest"),
            unit,
            words.say("terminal.gaps"),
            words.say("terminal.out_of_reach"),
        ),
    ]
    rows: list[list[str]] = []
    for rival in moat["rivals"]:
        contracts = "  " + words.say("terminal.contracts")
        for name, way in ((words.told(rival["title"]), rival["build"]), (contracts, rival["contract"])):
            ends = way["varied"]["share_out_of_reach"]
            share = words.say(
                "terminal.ends_of",
                value=words.formatted(way["share_out_of_reach"], ".0%"),
                low=words.formatted(ends["low"], ".0%"),
                high=words.formatted(ends["high"], ".0%"),
            )
            longest = words.told(titles.get(way["longest"], "")).lower()
            shown = [words.number(way["years"]), longest, words.number(way["cost"]), str(way["gaps"]), share]
            rows.append([name, *shown])
    grid = Fitting(lambda narrow: _rivals(heads, rows, narrow=narrow))
    floors = [
        f"{words.told(rival['title'])} {words.number(rival['build']['useful_budget'])}"
        for rival in moat["rivals"]
    ]
    what = words.say(
        "terminal.moat_how",
        goal=words.formatted(moat["goal"], ".0%"),
        varied=words.formatted(moat["varied_by"], "g"),
        floors=", ".join(floors),
        unit=unit,
        time=time,
        times=times,
    )
    return Group(grid, Text(what, style="dim"))


def _rivals(heads: Sequence[str], rows: Sequence[Sequence[str]], *, narrow: bool) -> Table:
    """Return the table of rivals; in a narrow one names, heads and bands wrap between words."""
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        room = longest_word([head, *(row[place] for row in rows)])
        left = place in (0, 2)
        grid.add_column(
            head,
            justify="left" if left else "right",
            min_width=room + 2 if left else room,
            width=room if narrow and place in (1, 3, 4) else None,
        )
    for row in rows:
        grid.add_row(*row, style="dim" if row[0].startswith(" ") else "")
    return grid


def _binds(spans: Sequence[Row], words: Words) -> RenderableType:
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for what in dict.fromkeys(str(span["what"]) for span in spans):
        mine = [s for s in spans if s["what"] == what and s["to"] - s["from"] >= 0.1]
        ends = [{key: words.formatted(span[key], ".1f") for key in ("from", "to")} for span in mine]
        shown = ", ".join(words.say("terminal.span", **each) for each in ends)
        grid.add_row(words.told(what), shown or words.say("terminal.moments"))
    return grid


def _claims(claims: Sequence[Row], words: Words, *, long: bool) -> RenderableType:
    counts = Counter(str(claim["verdict"]) for claim in claims)
    summary = "  ".join(
        f"{LAMPS.get(v, ('–', ''))[0]} {words.term(f'verdict.{v}', v)} {n}" for v, n in counts.most_common()
    )
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    grid.add_column(no_wrap=True)
    for claim in claims:
        sign, style = LAMPS.get(str(claim["verdict"]), ("–", ""))
        grid.add_row(Text(sign, style=style), Text(words.told(claim["says"])), _lamp(claim, words, style))
        if long:
            for check in claim["checks"]:
                grid.add_row("", Text(_check(check, words), style="dim"), _lamp(check, words, "dim"))
            if claim["why"]:
                grid.add_row("", Text(words.told(claim["why"]), style="dim"), "")
    if counts["mixed"] == 0:
        return Group(Text(summary), grid)
    scale = "  ".join(f"{LAMPS[v][0]} {words.term(f'verdict.{v}', v)}" for v in LAMPS if v in LADDER)
    return Group(Text(summary), grid, Text(scale, style="dim"))


def _lamp(judged: Row, words: Words, style: str) -> Text:
    """Return the word of a verdict; beside a mixed one the lamps of the checks it is mixed of."""
    verdict = str(judged["verdict"])
    shown = Text(words.term(f"verdict.{verdict}", verdict), style=style)
    if verdict == "mixed":
        shown.append(" ")
        for check in judged["checks"]:
            shown.append(*LAMPS.get(str(check["verdict"]), ("–", "")))
    return shown


def _check(check: Row, words: Words) -> str:
    computed = check["computed"] or {}
    kind, formula = words.term(f"terminal.kind_{check['kind']}", check["kind"]), check["formula"]
    if not formula:
        return words.say("terminal.check_words", kind=kind, what=check["says"] or check["id"])
    unit = words.unit(check["unit"])
    if computed.get("value") is None:
        plain = words.say("terminal.plain")
        return words.say("terminal.check_in", kind=kind, formula=str(formula), unit=unit or plain)

    def written(number: float) -> str:
        return words.formatted(number, ".1f") if check["unit"] == "date" else words.number(number)

    value = written(computed["value"])
    if computed.get("low") is not None and computed["low"] != computed["high"]:
        ends = {"low": written(computed["low"]), "high": written(computed["high"])}
        value = words.say("terminal.ends_of", value=value, **ends)
    bound = check["bound"] if isinstance(check["bound"], list) else [check["bound"]]
    tested = words.say(
        "terminal.check",
        kind=kind,
        formula=str(formula),
        value=value,
        comparator=check["comparator"],
        bound=words.listed([written(end) for end in bound]),
        unit=check["unit"],
    )
    parts = [tested]
    if check["probability"] is not None:
        parts.append(words.say("terminal.chance", chance=words.formatted(check["probability"], ".2f")))
    return ", ".join((*parts, *_turn(check, words)))


def _turn(check: Row, words: Words) -> Iterable[str]:
    """Yield which input decides, and the value of it at which the verdict turns."""
    name, critical, unit = check["decided_by"], check["critical"], check["critical_unit"]
    if name and critical is None:
        yield words.say("terminal.decided_nowhere", name=name)
    elif name:
        value = words.formatted(critical, ".1f") if unit == "date" else words.number(critical)
        value = value if unit == "date" else f"{value} {words.unit(unit or '')}".rstrip()
        yield words.say("terminal.decided", name=name, value=value)


def _warnings(warnings: Sequence[Row], words: Words) -> RenderableType:
    return Group(
        *[
            Text.assemble(("! ", "yellow"), words.told(w["what"]), (f"  {words.told(w['why'])}", "dim"))
            for w in warnings
        ]
    )
