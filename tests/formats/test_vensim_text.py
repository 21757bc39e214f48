"""The text of a .mdl file: encodings, line ends, and files that are something else."""

import codecs
from pathlib import Path

import pytest

from putar.errors import UsageError
from putar.formats.vensim_text import load_text

TEXT = "{UTF-8}\ncafé = 1\n\t~\tDmnl\n\t~\t|\n"


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode("cp1252"),
    ],
)
def test_any_usual_encoding_and_line_end_gives_the_same_text(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(raw)

    assert load_text(path) == TEXT


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "model.mdl is empty"),
        (b" \r\n \r\n", "model.mdl is empty"),
        (b"some words", "model.mdl is no Vensim model: it has no equation"),
        (b"Vensim\x00\x01\x02= ~", "model.mdl is no text; it may be a binary model of Vensim"),
        (b"<?xml version='1.0'?><xmile/>", "model.mdl is XML, no Vensim model"),
        (b"Model {\n  Name = 'x'\n}", "model.mdl is a model of Simulink, no Vensim model"),
        (b"PK\x03\x04\x00\x00", "model.mdl is a packed archive, no Vensim model"),
        (codecs.BOM_UTF16_LE + b"x", "model.mdl is no whole text in UTF-16"),
    ],
)
def test_what_is_no_model_is_named(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "model.mdl"
    path.write_bytes(raw)

    with pytest.raises(UsageError) as caught:
        load_text(path)
    assert caught.value.what.startswith(said)
    assert caught.value.fix
