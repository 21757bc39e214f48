"""Make facts.csv of the Tesla-xAI-SpaceX flywheel from the table the facts were collected in.

The collected table writes units in its own way (`bnUSD/yr`, `M`, `1`); flywheel.toml declares the words
that both shipped flywheels use. A unit is renamed here and nowhere else; where the collected unit does
not say what is counted (`M` of what?), the fact's row in COUNTED does. A quarter becomes its first month,
with the quarter in words; facts that no number of the model rests on are marked as context. Values,
ranges, wording and marks such as "unconfirmed" stay as published. A unit or quarter without a row stops
the run.

    python flywheels-raw/tesla_xai_spacex/prepare_facts.py COLLECTED.csv [FACTS.csv]
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

COLUMNS = (
    *("id", "quantity", "value", "low", "high", "unit"),
    *("date", "kind", "source_title", "publisher", "url", "note"),
)
FOLDER = Path(__file__).resolve().parents[2] / "src" / "putar" / "flywheels" / "tesla_xai_spacex"

UNITS = {
    "bnUSD": "busd",
    "bnUSD/yr": "busd/year",
    "bnUSD/GW": "busd/GW",
    "trUSD": "tusd",
    "trUSD/yr": "tusd/year",
    "USD/kWh": "USD/kWh",
    "USD/kg": "USD/kg",
    "USD/W": "USD/W",
    "GWh": "GWh",
    "GWh/yr": "GWh/year",
    "MW": "MW",
    "GW": "GW",
    "TW/yr": "TW/year",
    "kWh/yr": "kWh/year",
    "M GPU": "mGPU",
    "M H100e": "mH100e",
    "1e26 FLOP": "e26flop",
    "1e12 param": "tparameter",
    "token/param": "token/parameter",
    "Mveh": "mvehicle",
    "Mveh/yr": "mvehicle/year",
    "veh": "vehicle",
    "mi": "mile",
    "M mi": "mmile",
    "bn mi": "bmile",
    "launch/yr": "launch/year",
    "flight/yr": "flight/year",
    "sat": "satellite",
    "Tbps": "Tbps",
    "W/kg": "W/kg",
    "kg/kW": "kg/kW",
    "1/yr": "1/year",
    "yr": "year",
    "home": "home",
    "person": "person",
    "1e12/day": "tinference/day",
    "bn": "bendpoint",
    "1": "dmnl",
}

# what is counted, where the collected unit leaves it open: a pattern of ids, and the unit
COUNTED = {
    r"S-SUB-.*": "msubscriber",
    r"X-MAU-2026|K-25|D-FSD-USERS": "mperson",
    r"E-MP-MWH|E-MP3-MWH": "MWh/megapack",
    r"E-MP-PRICE": "musd/megapack",
    r"E-C2-MP|K-08": "megapack",
    r"F-RENT": "USD/(GPU*hour)",
    r"F-H100-W": "kW/GPU",
    r"F-H100-P|F-B200-P|K-45": "USD/GPU",
    r"F-NVL72": "musd/rack",
    r"R-2025|R-TARGET-2025|R-USEFUL|A-ROBOTS": "robot",
    r"K-27|K-28": "robot/year",
    r"O-PAY|K-16": "ton/flight",
    r"S-V3|K-19": "Tbps/satellite",
    r"O-STARCLOUD": "musd",
    r"K-34": "company",
    r"C-NOTREPLACE|C-MAIA|M-GROK5|M-MUSK-RANK|D-SCALE|O-FLT12|O-SC1|O-S1RISK|A-ZOOX": "boolean",
    r"K-20|K-26|K-3[5-9]|K-4[0-4]": "boolean",
}

ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth"}
FISCAL = {"FY2026Q2": ("2025-10", "second quarter of the fiscal year 2026, October to December 2025")}

# facts that no equation, constant, series or claim rests on: why they are kept
CONTEXT = {
    r"E-DEPQ-(20(19|20|21|22|23|24)Q.)": "a quarter of the yearly totals E-DEP",
    r"M-GROK4-COST": "price of a run, beside the size of the flagship run",
    r"D-FSD-2026-03-02": "left out of the series as too near the row before it",
    r"D-WAY-2023-01|D-WAY-2025-0[167]": "earlier counts of the rival's driverless miles in claim K-24",
    r"D-CDE-14": "a small cohort of early users, not used for safety",
    r"K-5[0-2]": "who the quoted analyst is",
}

ARTICLE = (
    "Roda Penggerak Pelatihan yang Meningkat Sendiri: Mengapa Tesla-xAI-SpaceX Membentuk Ekosistem AI "
    "yang Tak Terkalahkan"
)
ARTICLE_URL = "https://app.smartappnet.net/id/post/status/18447736"


def found(table: dict[str, str], name: str) -> str | None:
    """Return the row of a table whose pattern fits an id."""
    return next((value for pattern, value in table.items() if re.fullmatch(pattern, name)), None)


def prepared(row: dict[str, str]) -> dict[str, str]:
    """Return one fact in the flywheel's words."""
    fact = {column: (row[column] or "").strip() for column in COLUMNS}
    name = fact["id"]
    unit = found(COUNTED, name) or UNITS.get(fact["unit"])
    if unit is None:
        sys.exit(f"{name}: no row for the unit {fact['unit']!r} in UNITS or COUNTED")
    fact["unit"] = unit
    fact["date"], fact["quantity"] = dated(name, fact["date"], fact["quantity"])
    if fact["url"].startswith("seed:"):
        fact["source_title"], fact["url"] = ARTICLE, ARTICLE_URL
    why = found(CONTEXT, name)
    if why is not None:
        fact["note"] = f"{fact['note']}; context: {why}" if fact["note"] else f"context: {why}"
    return fact


def dated(name: str, date: str, quantity: str) -> tuple[str, str]:
    """Return a date and a quantity in which a quarter is its first month and a word."""
    if "Q" not in date:
        return date, quantity
    match = re.fullmatch(r"(\d{4})Q([1-4])", date)
    if date in FISCAL:
        first, said = FISCAL[date]
    elif match:
        first = f"{match[1]}-{3 * int(match[2]) - 2:02d}"
        said = f"{ORDINALS[match[2]]} quarter of {match[1]}"
    else:
        sys.exit(f"{name}: {date!r} is no date")
    return first, f"{re.sub(', quarter$', '', quantity)}, {said}"


def main(source: Path, target: Path) -> None:
    """Write the facts in their collected order."""
    with source.open(encoding="utf-8", newline="") as file:
        facts = [prepared(row) for row in csv.DictReader(file)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(facts)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: prepare_facts.py COLLECTED.csv [FACTS.csv]")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else FOLDER / "facts.csv")
