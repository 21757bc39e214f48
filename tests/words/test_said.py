"""Sentences that are made once and said in every language."""

from __future__ import annotations

import json
import pickle

from putar.words.said import Amount, Date, First, Listed, Number, Said, Term, Title, Unit, When, Words

INDONESIAN = Words("id", {"Own app": "Aplikasi sendiri", "weekly users": "pengguna mingguan"})


def test_sentence_is_an_english_text() -> None:
    """It compares, joins JSON and has the methods of a text."""
    said = Said("warning.stay", range=Said("warning.span", low=Number(1.5, "g"), high=Number(2000, ",.0f")))

    assert said == "stay within 1.5 to 2,000"
    assert json.dumps([said]) == '["stay within 1.5 to 2,000"]'


def test_sentence_is_made_anew_in_another_language() -> None:
    """Its numbers too: the fraction gets a comma, the thousands a point."""
    said = Said("warning.stay", range=Said("warning.span", low=Number(1.5, "g"), high=Number(2000, ",.0f")))

    assert Words("id").told(said) == "tetaplah dalam 1,5 sampai 2.000"


def test_every_value_is_told_in_the_language() -> None:
    """Amounts, dates, titles, units, terms and lists."""
    values = [
        (Amount(20.56, "busd/year"), "US$ 20.6 bn a year", "US$ 20,6 miliar per tahun"),
        (Date(2026.5), "mid-2026", "pertengahan 2026"),
        (When(2026.0), "at the start of 2026", "pada awal 2026"),
        (Title("Own app"), "own app", "aplikasi sendiri"),
        (First("weekly users"), "Weekly users", "Pengguna mingguan"),
        (Unit(" busd"), " US$ bn", " US$ miliar"),
        (Term("verdict.holds", "holds"), "holds", "terbukti"),
        (Term("verdict.nowhere", "nowhere"), "nowhere", "nowhere"),
        (Listed(("a", "b", "c")), "a, b and c", "a, b dan c"),
        (Number(0.1234, ".0%"), "12%", "12%"),
        (Number(-1782.0), "−1,782", "−1.782"),
    ]

    assert [Words().told(value) for value, _, _ in values] == [english for _, english, _ in values]
    assert [INDONESIAN.told(value) for value, _, _ in values] == [other for _, _, other in values]


def test_text_of_a_flywheel_is_looked_up_by_its_english_wording() -> None:
    """What its folder does not translate stays English; places are filled in both."""
    own = Words("id", {"{n} of the users": "{n} dari penggunanya"})

    assert INDONESIAN.told("Own app") == "Aplikasi sendiri"
    assert INDONESIAN.told("Own research") == "Own research"
    assert INDONESIAN.told("weekly users (a, b) → cash, by Own app and x") == (
        "pengguna mingguan (a, b) → cash, lewat Aplikasi sendiri dan x"
    )
    assert Words().told("a → b, by c and d") == "a → b, by c and d"
    assert own.told(Said.of_flywheel("{n} of the users", {"n": Number(0.5, ".1f")})) == "0,5 dari penggunanya"


def test_joined_and_renamed_sentences_keep_their_parts() -> None:
    """Parts are told one by one; a name inside can be replaced by another."""
    capped = Said("judged.capped", names=Listed(("gw_2025", "own")))
    renamed = capped.renamed(str.upper)

    assert renamed == "capped at undetermined: GW_2025 and OWN has no source"
    assert Words("id").told(Said.joined((renamed, "x"), "; ")) == (
        "dibatasi pada belum pasti: GW_2025 dan OWN tidak punya sumber; x"
    )


def test_sentence_survives_the_way_to_another_process() -> None:
    """A pickled sentence can still be said in another language."""
    said = pickle.loads(pickle.dumps(Said("judged.failed", failed=2, members=10)))  # noqa: S301

    assert (said, Words("id").told(said)) == (
        "2 of 10 members gave no number",
        "2 dari 10 anggota tidak memberi angka",
    )


def test_counts_have_their_forms() -> None:
    """One error, two errors; Indonesian has one form."""
    assert [Words().count("terminal.errors", n) for n in (1, 2)] == ["1 error", "2 errors"]
    assert Words("id").count("terminal.errors", 2000) == "2.000 kesalahan"


def test_what_is_rounded_to_zero_has_no_sign() -> None:
    """−0.00 and +0% would say that something moved; a number that is left keeps its sign."""
    words = Words()

    assert [words.formatted(x, "+.2f") for x in (-0.001, 0.001, -0.01, 0.01)] == [
        "0.00",
        "0.00",
        "−0.01",
        "+0.01",
    ]
    assert words.formatted(-0.001, "+.0%") == "0%"
