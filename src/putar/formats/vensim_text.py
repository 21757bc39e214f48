"""The text of a `.mdl` file, whichever encoding it has, or what the file is when it is none.

Vensim writes UTF-8 (the first line says so) or the Windows code page; editors on Windows also UTF-16.
Other programs call their own files `.mdl`, too, and Vensim's binary files are sometimes renamed.

Source: Vensim Reference Manual, "Model (.mdl) format".
"""

from __future__ import annotations

import codecs
from pathlib import Path

from putar.errors import UsageError
from putar.formats.model_file import bytes_of

__all__ = ["load_text"]

SAVED = "open it in Vensim and save it as a text model (.mdl)"
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
_OTHER = (  # how files begin that are something else
    (b"Model {", "is a model of Simulink", "give a Vensim model"),
    (b"<", "is XML", "if it is an XMILE model, name it .xmile"),
    (b"PK\x03\x04", "is a packed archive", "unpack it, and give the model in it"),
)


def load_text(path: Path) -> str:
    """Return a model file's text with plain line ends.

    Raises
    ------
    UsageError
        If it cannot be read, is empty, absurdly large, or is no text.
    """
    text = _decoded(bytes_of(path), path.name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UsageError(f"{path.name} is empty", "give a Vensim model, or save it again")
    if "=" not in text and "~" not in text:
        raise UsageError(f"{path.name} is no Vensim model: it has no equation", SAVED)
    return text


def _decoded(raw: bytes, name: str) -> str:
    start = raw.lstrip()[:200]
    for begins, what, fix in _OTHER:
        if start.removeprefix(codecs.BOM_UTF8).startswith(begins):
            raise UsageError(f"{name} {what}, no Vensim model", fix)
    wide = _wide(raw)
    if wide is not None:
        try:
            return raw.decode(wide).lstrip("\ufeff")
        except UnicodeDecodeError:
            raise UsageError(f"{name} is no whole text in {wide.upper()}", SAVED) from None
    if b"\0" in raw[:4096]:
        what = "is no text; it may be a binary model of Vensim (.vmf, .vpm) or a run's results (.vdf)"
        raise UsageError(f"{name} {what}", SAVED)
    for encoding in _ENCODINGS[:-1]:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode(_ENCODINGS[-1])


def _wide(raw: bytes) -> str | None:
    """Return which UTF-16 a text is in, by its mark or by every second byte being 0, or None."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = raw[: min(len(raw), 64) & ~1]
    if len(head) >= 8 and not any(head[1::2]) and all(head[::2]):
        return "utf-16-le"
    if len(head) >= 8 and not any(head[::2]) and all(head[1::2]):
        return "utf-16-be"
    return None
