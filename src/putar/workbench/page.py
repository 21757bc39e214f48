"""One run's answer as one HTML file that opens anywhere, offline, and can be mailed.

`write_page` puts a payload (the JSON document of a run) and the page's own styles, words and
scripts from `static/` into one file. No number is made here: what cannot be said in JSON, such as
a value that is not finite, becomes null, and the page says that it is missing. The file may load
nothing: a content security policy forbids every request, and only the scripts whose hash it
carries may run. Texts of the payload reach the page as text, never as markup. The payload is kept
deflated, which leaves three tenths of it; what a reader without scripts sees stands open.

The scripts are parts of one strict-mode module, joined in the order of `SCRIPTS`; a new part is a
new row. All words of the interface come from the catalogue of `putar.words`; the page carries every
language and changes between them without being opened again.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import os
import re
import sys
import tempfile
import zlib
from collections.abc import Mapping, Set
from importlib.resources import files
from pathlib import Path, PurePath

from putar.errors import RunError, UsageError
from putar.words.catalogue import SOURCE, languages, texts

__all__ = ["LARGEST_PAGE", "digest", "page_text", "styles", "write_page"]

LARGEST_PAGE = 8_000_000
"""Most bytes a page may have: what mail servers still carry."""

STYLES = (
    "tokens.css",
    "layout.css",
    "opening.css",
    "wheel.css",
    "sliders.css",
    "drawer.css",
    "charts.css",
    "links.css",
    "loops.css",
    "tables.css",
    "frontier.css",
    "print.css",
)

SCRIPTS = (
    "words.js",
    "packed.js",
    "payload.js",
    "told.js",
    "runner.js",
    "elements.js",
    "numbers.js",
    "state.js",
    "marks.js",
    "tip.js",
    "table.js",
    "export.js",
    "equations.js",
    "settings.js",
    "plot.js",
    "clock.js",
    "share.js",
    "drawer.js",
    "sources.js",
    "live.js",
    "swings.js",
    "pins.js",
    "runs.js",
    "band.js",
    "opening.js",
    "changes.js",
    "strip.js",
    "observed.js",
    "chart.js",
    "headline.js",
    "binds.js",
    "claims.js",
    "lamps.js",
    "trajectory.js",
    "wheel_places.js",
    "turning.js",
    "links.js",
    "pairs.js",
    "margins.js",
    "loops.js",
    "live_loops.js",
    "wheel_scores.js",
    "wheel.js",
    "sliders.js",
    "scenarios.js",
    "frontier.js",
    "tables.js",
    "moat.js",
    "worth.js",
    "parameters.js",
    "facts.js",
    "subsystems.js",
    "notes.js",
    "start.js",
)

ENGINE_ROOM = (
    "draws.js",
    "digest.js",
    "steps.js",
    "wishes.js",
    "members.js",
    "game.js",
    "judge.js",
    "story.js",
    "machine.js",
    "engine_room.js",
)
"""The parts that run the model: one function, whose own text is also what the page's worker runs."""

SERVED_SCRIPTS = ("ask.js",)
"""Scripts of a page that may ask the server it comes from; no file has them."""

SERVED_STYLES = ("index.css",)
"""Styles of the server's own first page, and of what only served pages have."""

DARK = ':root[data-theme="dark"]'
"""The selector under which tokens.css keeps the dark colours."""

ELSEWHERE = ("serve.", "terminal.")
"""How the keys of those texts begin that the page does not show."""

SHORT = 1e15
"""Whole numbers below this are written without a point: the same to a browser, two signs shorter."""

DEEPEST = 60
"""Levels of nesting that a payload may have; the contract needs eight."""

_PLACE = re.compile(r"\{\{(\w+)\}\}")


def write_page(
    payload: Mapping[str, object], path: Path, language: str = SOURCE, *, served: bool = False
) -> Path:
    """Write the page of one run to `path` and return `path`.

    Parameters
    ----------
    payload : the run's answer as one JSON document; a part that is missing or empty becomes a
        sentence on the page, not an error
    path : the HTML file; folders above it are made, a file already there is replaced in one step
    language : what the page opens in; it carries the others too
    served : whether the page may ask the server that it comes from

    Raises
    ------
    RunError
        If the payload holds something that JSON has no form for, or the page would exceed
        `LARGEST_PAGE` bytes.
    """
    data = page_text(payload, language, served=served).encode("utf-8", errors="replace")
    if len(data) > LARGEST_PAGE:
        raise RunError(
            f"the page would have {len(data) / 1e6:.1f} MB; {LARGEST_PAGE / 1e6:.0f} MB is the most",
            "save fewer dates or draw fewer scenarios",
        )
    try:
        _put(data, path)
    except OSError as error:
        what = f"the page cannot be written to {path.parent}: {error.strerror or error}"
        raise UsageError(what, "choose another folder: --out DIR") from None
    return path


def _put(data: bytes, path: Path) -> None:
    """Write a file beside its place and move it there when whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        unfinished.chmod(0o644)  # mkstemp hides its files; a page is made to be shown
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def page_text(payload: Mapping[str, object], language: str = SOURCE, *, served: bool = False) -> str:
    """Return the whole HTML document for a payload; the same payload gives the same text.

    Parameters
    ----------
    language : what the page opens in; it carries the others too
    served : whether the page may ask the server that it comes from; a file may ask nobody

    Raises
    ------
    RunError
        If the payload holds something that JSON has no form for.
    UsageError
        If there are no texts in `language`.
    """
    words = texts(language)
    document = _plain(payload, "payload", 0)
    model = document.get("model") if isinstance(document, dict) else None
    verdict = document.get("verdict") if isinstance(document, dict) else None
    told = _table(document, language)
    title = _text_of(model, "title") or _text_of(model, "name") or words["page.untitled"]
    question, sentence = _text_of(model, "question") or title, _text_of(verdict, "sentence")
    style, script = (
        styles(served=served),
        _script(*(_taken(document, "live", key) for key in ("script", "loops")), served=served),
    )
    parts = {
        "language": language,
        "policy": _policy(script, style, served=served),
        "title": html.escape(told.get(title, title)),
        "question": html.escape(told.get(question, question)),
        "sentence": html.escape(told.get(sentence, sentence)),
        "skip": html.escape(words["page.skip"]),
        "needs_script": html.escape(words["page.needs_script"]),
        "style": style,
        "script": script,
        "words": _embedded({each: _words(each) for each in languages()}),
        "payload": _packed(document),
    }
    # One pass: a text of the payload that looks like a place is not filled a second time.
    return _PLACE.sub(lambda place: parts[place[1]], _static("page.html"))


def _plain(value: object, where: str, depth: int) -> object:
    """Return `value` as JSON has it: not-finite numbers become None, arrays become lists."""
    if depth > DEEPEST:
        raise RunError(
            f"{where} is nested more than {DEEPEST} levels deep", "look for a value that holds itself"
        )
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < SHORT:
        return value if value == 0.0 and math.copysign(1.0, value) < 0.0 else int(value)
    if isinstance(value, (int, float)):
        return value if -sys.float_info.max <= value <= sys.float_info.max else None
    if isinstance(value, Mapping):
        return {str(key): _plain(each, f"{where}.{key}", depth + 1) for key, each in value.items()}
    if isinstance(value, (list, tuple, Set)):
        items = sorted(value, key=str) if isinstance(value, Set) else value
        return [_plain(each, f"{where}[{index}]", depth + 1) for index, each in enumerate(items)]
    if isinstance(value, PurePath):
        return str(value)
    plain = getattr(value, "tolist", None)  # NumPy's scalars and arrays; this room does not import NumPy
    if callable(plain):
        return _plain(plain(), where, depth + 1)
    raise RunError(
        f"{where} is a {type(value).__name__}, which JSON has no form for",
        "pass text, numbers, lists or mappings",
    )


def _embedded(value: object) -> str:
    """Return JSON that no HTML parser can leave: only ASCII, and no character that opens markup."""
    return _json(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _packed(value: object) -> str:
    """Return JSON deflated, with the check sum of zlib around it, in base64."""
    return base64.b64encode(zlib.compress(_json(value).encode("ascii"), 9)).decode("ascii")


def _json(value: object) -> str:
    """Return JSON in as few characters as ASCII allows."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _policy(script: str, style: str, *, served: bool) -> str:
    """Return the content security policy: nothing may be loaded, only these two texts may act."""
    return "; ".join(
        (
            "default-src 'none'",
            *(["connect-src 'self'"] if served else []),
            f"script-src '{digest(script)}'",
            f"style-src '{digest(style)}'",
            "img-src data:",
            "worker-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types putar",
        )
    )


def digest(text: str) -> str:
    """Return the hash that a content security policy knows an inline text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def styles(*, served: bool = False) -> str:
    """Return all styles; the dark tokens are said once and hold for the switch and for the system's wish."""
    tokens, *others = (_dense(name) for name in (*STYLES, *(SERVED_STYLES if served else ())))
    start = tokens.index(DARK)
    light, dark = tokens[:start], tokens[start:]
    wished = dark.replace(DARK, ':root:not([data-theme="light"])')
    wish = f"@media screen and (prefers-color-scheme: dark) {{\n{wished}}}\n"
    return "\n" + "\n".join((light, wish, f"@media screen {{\n{dark}}}\n", *others))


def _script(program: str, loops: str, *, served: bool) -> str:
    """Return all scripts as the text of one module.

    Parameters
    ----------
    program, loops : the functions that give the model's Program and that of its loops, or nothing
    """
    room = "\n".join(_dense(name) for name in ENGINE_ROOM)
    parts = [f"const PROGRAM = {program or 'null'};\nconst LOOP_PROGRAM = {loops or 'null'};\n"]
    parts.append(f"function ENGINE_ROOM() {{\n{room}\nreturn {{ serve, listen }};\n}}\n")
    *scripts, start = SCRIPTS
    names = (*scripts, *(SERVED_SCRIPTS if served else ()), start)
    whole = "\n" + "\n".join((*parts, *(_dense(name) for name in names)))
    if re.search(r"</script|<!--", whole, re.IGNORECASE):
        raise RunError("the page's script would end early", "rename what is called </script> or <!--")
    return whole


def _dense(name: str) -> str:
    """Return a script or style without comments and indentation: a fifth less; no text of it spans lines."""
    lines: list[str] = []
    inside = False
    for line in _static(name).split("\n"):
        text = line.strip()
        opens = text.startswith("/*")
        if text and not (inside or opens or text.startswith("//")):
            lines.append(text)
        inside = (inside or opens) and not text.endswith("*/")
    return "\n".join((*lines, ""))


def _taken(document: object, part: str, key: str) -> str:
    """Take a text out of a part of the document and return it, or nothing where there is none."""
    record = document.get(part) if isinstance(document, dict) else None
    value = record.pop(key, "") if isinstance(record, dict) else ""
    return value if isinstance(value, str) else ""


def _words(language: str) -> dict[str, str]:
    """Return the words of the interface in one language: key to text with {places}."""
    return {key: text for key, text in texts(language).items() if not key.startswith(ELSEWHERE)}


def _table(document: object, language: str) -> Mapping[str, str]:
    """Return what the document's texts are in a language, by their English wording."""
    told = document.get("texts") if isinstance(document, dict) else None
    table = told.get(language) if isinstance(told, dict) else None
    return table if isinstance(table, dict) else {}


def _text_of(record: object, key: str) -> str:
    """Return the text under `key`, or nothing where there is none."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, str) else ""


def _static(name: str) -> str:
    """Return one of the page's own files, with line ends as the browser hashes them."""
    text = (files("putar.workbench") / "static" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
