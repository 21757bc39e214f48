"""Make facts.csv of the OpenAI compute flywheel from the table the facts were collected in.

The collected table writes units in several ways (`billion USD`, `%`, `x/year`); the flywheel declares one
vocabulary in flywheel.toml, so that every fact can be compared with the model. A unit is renamed here and
nowhere else: values, ranges, dates and wording stay as published, and a percentage stays a percentage.
Facts that no number of the model rests on are marked as context. A unit without a row in UNITS stops the
run. Series and claims are written by hand and name facts by id.

    python flywheels-raw/openai_compute/prepare_facts.py COLLECTED.csv [FACTS.csv]
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

COLUMNS = (
    *("id", "quantity", "value", "low", "high", "unit"),
    *("date", "kind", "source_title", "publisher", "url", "note"),
)
FOLDER = Path(__file__).resolve().parents[2] / "src" / "putar" / "flywheels" / "openai_compute"

UNITS = {
    "million person": "mperson",
    "billion USD": "busd",
    "billion USD/year": "busd/year",
    "billion USD/GW": "busd/GW",
    "billion USD/(GW*year)": "busd/(GW*year)",
    "USD/(GPU*hour)": "USD/(GPU*hour)",
    "GW": "GW",
    "kW/GPU": "kW/GPU",
    "million H100e": "mH100e",
    "billion message/week": "bmessage/week",
    "year": "year",
    "month": "month",
    "%": "percent",
    "%/year": "percent/year",
    "x/year": "fold/year",
    "dmnl": "dmnl",
    "boolean": "boolean",
    "date": "date",
}

# facts that no equation, constant, series or claim rests on: why they are kept
CONTEXT = {
    "CL_POST_DATE": "when the quoted post was written",
    "CL_SECOND_LAUNCH": "dates the second image launch",
    "PULSE_DL": "downloads beside the users of the launch weeks",
    "WAU_TARGET_2025": "what the firm itself aimed at",
    "MSG_2025_07": "how much a weekly user asks for, not fitted",
    "REV_2025_H1": "half of the yearly total REV_2025",
    "REV_2026_Q1": "a quarter of the run rate ARR, not fitted",
    "GW_SECURED_2026": "contracts, not running capacity",
    "GM_2024": "margin by the firm's own definition, not fitted",
    "GM_2025": "margin by the firm's own definition, not fitted",
    "BURN_2026P": "the firm's own forecast, to compare with",
    "CASH_2025_06": "cash in mid-year, between the years that are used",
    "RAISE_2024": "the round before those that are used",
    "AMD_DEAL": "a part of the commitments COMMIT",
    "CW_DEAL": "a part of the commitments COMMIT",
    "AWS_DEAL": "a part of the commitments COMMIT",
    "AZURE_DEAL": "a part of the commitments COMMIT",
    "CAPEX_GW_BERN": "a second estimate of capital per gigawatt",
    "CAPEX_GW_NV": "a maker's claim about coming generations",
    "PP": "price-performance of chips, beside the efficiency EE that is used",
    "TOKCOST": "hardware and software together, cannot be told apart",
    "LLMFLATION": "price of a fixed quality, not of the frontier",
}


def prepared(row: dict[str, str]) -> dict[str, str]:
    """Return one fact with its unit in the flywheel's words and no blanks at the ends."""
    fact = {column: (row[column] or "").strip() for column in COLUMNS}
    if fact["unit"] not in UNITS:
        sys.exit(f"{fact['id']}: no row for the unit {fact['unit']!r} in UNITS")
    fact["unit"] = UNITS[fact["unit"]]
    if fact["id"] in CONTEXT:
        note = fact["note"].rstrip(".")
        fact["note"] = "; context: ".join([*([note] if note else [""]), CONTEXT[fact["id"]]]).removeprefix(
            "; "
        )
    return fact


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
