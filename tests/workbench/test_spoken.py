"""The table that lets a page change its language, and the language of a terminal's answer."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import putar
from putar.words.amounts import amount
from putar.workbench.spoken import spoken
from tests.workbench.test_page_numbers import WRITTEN_IN_INDONESIAN

SHIPPED = "openai-compute"


def said(*words: str, lang: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command, with a language in its environment where one is given."""
    script = f"import os; os.environ.update(PUTAR_LANG={lang!r}); " if lang else ""
    command = [sys.executable, "-c", f"{script}from putar.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def claims() -> str:
    """The claims of a shipped flywheel, asked in Indonesian."""
    return " ".join(said("claims", SHIPPED, "--members", "0", "--lang", "id").stdout.split())


def test_table_has_what_is_said_otherwise_and_nothing_else() -> None:
    """Titles by their wording, sentences made anew; names and equations never."""
    study = putar.load(SHIPPED)
    payload = study.answer().payload
    table = payload["texts"]["id"]  # type: ignore[index]
    verdict = payload["verdict"]["sentence"]  # type: ignore[index]

    assert table[study.flywheel.title] == "Roda penggerak komputasi OpenAI"
    assert table[verdict].startswith("Tidak, rodanya didorong dari luar: tambahan 10% kapasitas")
    assert all(english != told for english, told in table.items())
    assert (
        spoken({"equation": "demand", "id": "demand", "label": "demand"}, study.flywheel)["id"]["demand"]
        == "permintaan"
    )
    assert "demand" not in spoken({"equation": "demand", "id": "demand"}, study.flywheel)["id"]
    assert json.loads(json.dumps(payload["verdict"]))["sentence"] == verdict


def test_terminal_answers_in_the_language_that_is_asked_for(claims: str) -> None:
    """Verdicts, sentences, reasons and numbers."""
    assert "Apa kata ceritanya" in claims
    assert "terbukti" in claims
    assert "Komputasilah yang memungkinkan peluncuran gambar pertama" in claims
    assert "dalam dua minggu" in claims


def test_environment_names_a_language_and_json_stays_english() -> None:
    """PUTAR_LANG is the option's default; scripts read the same document everywhere."""
    document = said("run", SHIPPED, "--table", "base_run", "--json", lang="id").stdout

    assert said("list", lang="id").stdout.startswith(
        "openai-compute: Roda penggerak komputasi OpenAI\n    11 subsistem"
    )
    assert document.startswith("{")
    assert document == said("run", SHIPPED, "--table", "base_run", "--json").stdout
    assert "Kas, US$ miliar" in said("run", SHIPPED, "--table", "base_run", lang="id").stdout
    assert said("list", "--lang", "xx").returncode == 2


@pytest.mark.parametrize(
    ("call", "written"),
    [row for row in WRITTEN_IN_INDONESIAN if row[0].startswith("amount(1") and "'" in row[0]],
)
def test_page_and_terminal_write_units_alike(call: str, written: str) -> None:
    """Of the page's own examples, those with a unit."""
    value, unit = call.removeprefix("amount(").removesuffix(")").split(", ")
    if unit not in ("'date'", "'boolean'"):
        assert amount(float(value), unit.strip("'"), "id").replace(",0", "") == written.replace(",0", "")
