"""Loops, rates and margins on a terminal: the rows of `putar loops`, as a person reads them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from putar.analysis.naming import label
from putar.words.said import Each, Words

__all__ = ["print_loops"]

Row = Mapping[str, Any]
SHOWN = 12  # loops and margins on a screen
NAMED = 4  # drives in a sentence
TINY = 1e-9  # an imaginary part that is none
STILL = 1e-3  # percent in a unit of time; what moves less is said to stand still
OVERFLOW = 700.0  # a rate whose exponential is beyond a number
DATES = 6  # columns of the lead


def print_loops(console: Console, found: Row, words: Words | None = None) -> None:
    """Print the answer of `putar loops`."""
    console.print(Group(*_parts(found, words or Words())))


def _parts(found: Row, words: Words) -> Iterable[RenderableType]:
    search = found["search"]
    if search["resting"]:
        yield Text(words.say("terminal.resting"))
    elif not found["loops"]:
        yield Text(words.say("terminal.no_loops"))
    else:
        yield _table(found, words)
        yield Text(_search(search, words), style="dim")
    turned = found["turned_by"]
    if turned and turned["parameters"]:
        names = {loop["id"]: loop["name"] for loop in found["loops"]}
        what = f"'{words.told(names.get(turned['loop'], turned['loop']))}'"
        yield Text(words.say("terminal.turned_by", date=words.formatted(turned["at"], "g"), loop=what))
        yield Text("\n".join(_flip(flip, words) for flip in turned["parameters"][:4]))
    if found["wheel"] is not None:
        yield Text()
        yield from _wheel(found["wheel"], words)


def _flip(flip: Row, words: Words) -> str:
    return "  " + words.say(
        "terminal.flip",
        name=flip["parameter"],
        correlation=words.formatted(flip["correlation"], "+.2f"),
        at=words.formatted(flip["at"], ".3g"),
        below=words.formatted(flip["leads_below"], ".0%"),
        above=words.formatted(flip["leads_above"], ".0%"),
    )


def _search(search: Row, words: Words) -> str:
    key = "terminal.found" if search["exact"] else "terminal.found_sample"
    never = words.say("terminal.never", n=search["never_active"]) if search["never_active"] else ""
    share = words.formatted(search["explained"], ".1%")
    found = words.say(key, found=search["found"])
    return words.say("terminal.search", found=found, never=never, listed=search["listed"], share=share)


def _table(found: Row, words: Words) -> Table:
    times = found["times"]
    chosen = sorted({round(k * (len(times) - 1) / (DATES - 1)) for k in range(DATES)})
    lead = found["lead_probability"]
    place = {name: k for k, name in enumerate(lead["loops"])}
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column(words.say("terminal.share"))
    grid.add_column("")
    grid.add_column(words.say("terminal.loop"), ratio=1)
    for k in chosen:
        grid.add_column(words.formatted(times[k], "g"), justify="right")
    sizes = Counter(loop["partition"] for loop in found["loops"])
    group: object = None
    for loop in found["loops"][:SHOWN]:
        if len(sizes) > 1 and (this := _group(loop, sizes, words)) != group:
            group = this
            grid.add_row("", "", Text(this, style="dim"))
        cells = []
        for k in chosen:
            share, leads = loop["share"][k], 0.0
            if loop["id"] in place:
                leads = lead["probability"][k][place[loop["id"]]]
            style = "bold" if leads >= 0.5 else ""
            mark = f" {leads:.0%}" if found["members"] and leads >= 0.005 else ""
            cells.append(Text(words.formatted(share, "+.2f") + mark, style=style))
        name = words.told(loop["name"])
        name = name if loop["id"].startswith("loop-") else f"{loop['id']} {name}"
        grid.add_row(words.formatted(loop["average"], ".1%"), loop["polarity"], name, *cells)
    return grid


def _group(loop: Row, sizes: Mapping[object, int], words: Words) -> str:
    """Return what a loop's shares are shares of: of all that its group of connected stocks does."""
    if sizes[loop["partition"]] == 1:
        return words.say("terminal.group_alone")
    if loop["partition"] == 0:
        return words.say("terminal.group_main")
    return words.say("terminal.group", n=loop["partition"] + 1)


def _wheel(found: Row, words: Words) -> Iterable[RenderableType]:
    span = {"start": words.formatted(found["from"], "g"), "stop": words.formatted(found["to"], "g")}
    head = words.say("terminal.spins_up" if found["spins"] else "terminal.no_spin", **span)
    yield Text(
        words.say(
            "terminal.push_grows" if found["rate"] > 0 else "terminal.push_fades",
            head=head,
            rate=_pace(found["rate"], words).lstrip("+−"),
            local=_pace(found["local"], words),
            each=Each(found["time_unit"]),
            swinging="" if found["real"] else words.say("terminal.swinging"),
        )
    )
    if found["alone"]:
        listed = ", ".join(
            f"{words.told(one['label'])} ({_pace(one['rate'], words)})" for one in found["alone"]
        )
        yield Text(words.say("terminal.alone", names=listed), style="dim")
    number = found["number"]
    if number is None:
        yield Text(words.say("terminal.no_turns", why=found["number_why"]), style="dim")
    else:
        yield Text(words.say("terminal.turns", number=words.formatted(number, ".3g")), style="dim")
    if found["drawn"] is not None:
        drawn = found["drawn"]
        low, middle, high = (_pace(rate, words) for rate in drawn["rate"])
        rates = {"low": low, "middle": middle, "high": high}
        share = words.formatted(drawn["spins"], ".0%")
        yield Text(words.say("terminal.draws", members=drawn["members"], share=share, **rates))
    yield from _levels(found, words)
    yield _margins(found, words)


def _levels(found: Row, words: Words) -> Iterable[RenderableType]:
    if found["level"] is not None:
        each = Each(found["time_unit"])
        yield Text(words.say("terminal.levels", rate=_pace(found["level"], words), each=each))
    release = found["release"]
    if release is not None and release["drives"] and release["slope"] is not None:
        named = [_drive(name, words) for name in release["drives"][:NAMED]]
        more = len(release["drives"]) - len(named)
        rates = {key: _rate(release[key], words) for key in ("slope", "whole")}
        dates = {key: words.formatted(release[key], "g") for key in ("cut_from", "from", "to")}
        drives = words.listed(named) if not more else f"{', '.join(named)} (+{more})"
        yield Text(words.say("terminal.released", drives=drives, start=dates["from"], **dates, **rates))


def _drive(name: str, words: Words) -> str:
    """Return what is cut: a link by its title, which a folder translates with a capital, or a variable."""
    plain = label(name)
    titled = words.told(plain.capitalize())
    return words.title(titled) if titled != plain.capitalize() else words.told(plain)


def _rate(rate: float | None, words: Words) -> str:
    return "–" if rate is None else _pace(rate, words)


def _pace(rate: float, words: Words) -> str:
    """Return what a continuous rate comes to in a unit of time, in percent: 0.7 doubles, which is +100%."""
    size = 100.0 * (math.expm1(rate) if rate < OVERFLOW else math.inf)
    size = 0.0 if abs(size) < STILL else size
    return f"{words.formatted(size, '+.3g')}%"


def _margins(found: Row, words: Words) -> Table:
    """Return a row a chain of links, the most influential first; over draws, if any, with its spread."""
    drawn = found["drawn"] is not None
    grid = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(words.say("terminal.link"), ratio=3)
    keys = ["terminal.influence", "terminal.elasticity", "terminal.stall_margin"]
    for key in [*keys, "terminal.over_draws", "terminal.small_margin"] if drawn else keys:
        grid.add_column(words.say(key), justify="right")
    grid.add_column("", ratio=3)
    chains: dict[tuple[object, ...], list[Row]] = {}
    for link in found["margins"]:
        chains.setdefault((f"{link['influence']:.9e}", link["why"], link["stall_margin"]), []).append(link)
    for links in list(chains.values())[:SHOWN]:
        first = links[0]
        cells = [_chain(links, words), words.formatted(first["influence"], "+.3f"), _elasticity(first, words)]
        cells += [_share(first["stall_margin"], words), *(_spread(first["drawn"], words) if drawn else [])]
        grid.add_row(*cells, words.told(first["why"]))
    uniform = found["uniform"]
    this, each = words.say("terminal.this_link"), words.say("terminal.each_link")
    why = words.told(uniform["why"]).replace(this, each)
    spread = found["drawn"] or {}
    cells = [words.say("terminal.all_links"), "", "", _share(uniform["stall_margin"], words)]
    cells += _spread(spread, words) if drawn else []
    grid.add_row(*cells, why)
    return grid


def _chain(links: list[Row], words: Words) -> str:
    """Return links as the way they make, `a → b → c`; those that make none side by side."""
    after = {link["from"]: link["to"] for link in links}
    starts = [name for name in after if name not in after.values()] or [links[0]["from"]]
    ways = []
    while after:
        name = next((start for start in starts if start in after), next(iter(after)))
        way = [name]
        while name in after:
            name = after.pop(name)
            way.append(name)
        ways.append(" → ".join(words.told(label(one)) for one in way))
    return "; ".join(ways)


def _share(value: float | None, words: Words) -> str:
    return "" if value is None else words.formatted(value, ".0%")


def _elasticity(link: Row, words: Words) -> str:
    if link["elasticity"] is None or not all(map(math.isfinite, link["elasticity"])):
        return ""
    real, imaginary = link["elasticity"]
    text = words.formatted(real, "+.2f")
    return text if abs(imaginary) < TINY else f"{text}{words.formatted(imaginary, '+.2f')}i"


def _spread(drawn: Row | None, words: Words) -> list[str]:
    """Return the middle and the band of a margin, and the chance that it is small."""
    if drawn is None:
        return ["", ""]
    small = _share(drawn["margin_below_0.2"], words)
    if drawn["margin"] is None:
        return ["", small]
    low, middle, high = (words.formatted(point, ".0%") for point in drawn["margin"])
    return [f"{middle} ({low} – {high})", small]
