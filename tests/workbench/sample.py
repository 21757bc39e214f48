"""A payload as a run of the shipped openai-compute flywheel gives it, for tests of the page.

The numbers in sample.json were recorded once from a prototype of that model; they are realistic, not
authoritative. `payload()` returns a fresh document; the other functions return it with a part missing
or hostile, so that each state of the page has a name.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

Payload = dict[str, Any]

RECORDED = json.loads((Path(__file__).parent / "sample.json").read_text(encoding="utf-8"))

TIME = {"start": 2022.0, "stop": 2032.0, "step": 1 / 64, "unit": "year", "method": "euler", "now": 2026.5}

FROM_NOW = [2026.25 + 0.25 * i for i in range(24)]


def payload() -> Payload:
    """Return the whole document of a run with 64 members."""
    recorded = copy.deepcopy(RECORDED)
    return {
        "model": {
            "name": "openai-compute",
            "title": "OpenAI's compute flywheel",
            "question": "Does OpenAI's compute wheel turn by itself?",
            "hash": "9f0c6a1e42d7b8835e1d",
            "about": recorded["about"],
            "subsystems": recorded["subsystems"],
        },
        "scenario": {"name": "base", "title": "Base run"},
        "engine": {"kernel": "llvm", "version": "0.1.0", "checksum": "ba94bbab", "members": 64, "seed": 7},
        "time": dict(TIME),
        "headline": [_headline(row) for row in recorded["headline"]],
        "verdict": recorded["verdict"],
        "links": {"outputs": [_output(row, recorded["margins"]) for row in recorded["outputs"]]},
        **recorded["feedback"],
        "claims": recorded["claims"],
        "warnings": recorded["warnings"],
        "binds": recorded["binds"],
        "scenarios": {
            "columns": recorded["scenarios"]["columns"],
            "rows": recorded["scenarios"]["rows"],
            "series": {
                name: {
                    scenario: list(zip(FROM_NOW, course, strict=True)) for scenario, course in each.items()
                }
                for name, each in recorded["scenarios"]["series"].items()
            },
        },
        "parameters": recorded["parameters"],
        "facts": recorded["facts"],
        "unknowns": recorded["unknowns"],
        "files": ["openai-compute.html"],
        "seconds": 1.42,
    }


def single_run() -> Payload:
    """Return a run without members: every low and high is null."""
    document = payload()
    document["engine"]["members"] = 1
    for row in document["headline"]:
        for point in row["points"]:
            point["low"] = point["high"] = None
    for output in document["links"]["outputs"]:
        for link in output["links"]:
            link["low"] = link["high"] = None
    document["turned_by"] = document["wheel"]["drawn"] = None
    for loop in document["loops"]:
        del loop["low"], loop["high"]
    for claim in document["claims"]:
        for check in claim["checks"]:
            check["computed"]["low"] = check["computed"]["high"] = check["probability"] = None
    return document


def bare_run() -> Payload:
    """Return the least that a small model gives: one indicator, and neither links nor claims nor facts."""
    document = payload()
    document["headline"] = document["headline"][:1]
    document["headline"][0]["observed"] = []
    document["links"] = {"outputs": []}
    document["scenarios"] = {"columns": [], "rows": [], "series": {}}
    document["verdict"] = {"spins": None, "sentence": "", "rate": None, "rests_on": []}
    document["model"]["about"] = {"purpose": "", "boundary": "", "limits": [], "not_for": []}
    for part in ("loop_times", "dominant", "lead_probability", "turned_by", "search", "wheel"):
        del document[part]
    for part in ("loops", "claims", "warnings", "binds", "parameters", "unknowns", "files"):
        document[part] = []
    document["facts"] = {}
    document["time"]["now"] = None
    return document


BREAKOUT = """</script><script>document.title='broken'</script><img src=x onerror="document.title='no'">"""

# texts that other parts of a document refer to, or that are words of the contract
REFERRED = frozenset(
    [
        *(
            "name",
            "id",
            "a",
            "b",
            "from",
            "to",
            "fact",
            "facts",
            "rests_on",
            "kind",
            "status",
            "unit",
            "border",
        ),
        *("linchpin", "verdict", "loops", "loop"),
    ]
)


def hostile() -> Payload:
    """Return a document whose every text tries to become markup, and whose numbers are not numbers."""
    document: Payload = _hostile(payload())
    document["headline"][0]["points"][3]["value"] = float("nan")
    document["headline"][0]["points"][4]["high"] = float("inf")
    document["parameters"][0]["value"] = None
    document["parameters"][1]["low"] = float("-inf")
    document["links"]["outputs"][0]["links"][0]["shapley"] = float("nan")
    document["loops"][0]["share"][7] = float("nan")
    document["loops"][1]["share"] = None
    document["lead_probability"]["probability"] = [None, []]
    document["wheel"]["uniform"] = None
    document["scenarios"]["rows"][1]["values"][0] = None
    document["facts"]["GW_2025"]["url"] = "javascript:document.title='broken'"
    document["model"]["title"] = "A name that does not end " * 40 + BREAKOUT
    document["claims"][0]["says"] = "Unbreakable" * 60 + '"{{script}} {{payload}} \u2028'
    return document


def _hostile(value: Any, key: str = "") -> Any:
    """Return `value` with markup behind every text that no other part of the document refers to."""
    if isinstance(value, dict):
        return {each: _hostile(item, each) for each, item in value.items()}
    if isinstance(value, list):
        return [_hostile(item, key) for item in value]
    return value + BREAKOUT if isinstance(value, str) and key not in REFERRED else value


def _headline(row: dict[str, Any]) -> dict[str, Any]:
    points = [dict(zip(("time", "value", "low", "high"), point, strict=True)) for point in row["points"]]
    return {**row, "points": points}


def _output(row: dict[str, Any], margins: dict[str, Any]) -> dict[str, Any]:
    found = margins[row["output"]["label"]]
    links = [
        {**link, **dict(zip(("stall_margin", "half_margin", "why"), found[link["id"]], strict=True))}
        for link in row["links"]
    ]
    pairs = [dict(zip(("a", "b", "loss"), pair, strict=True)) for pair in row["pairs"]]
    return {**row["output"], "links": links, "pairs": pairs}


STATES = {
    "whole": payload,
    "single": single_run,
    "bare": bare_run,
    "hostile": hostile,
    "nothing": dict[str, Any],
}
"""Every state that the page must be able to show, by name."""
