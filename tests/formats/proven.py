"""Which functions the small models use where a value, or the moments of draws, was worked out by hand.

A function counts as proven in a format when the equation of a variable calls it and `expected.toml`, which
says how values were found, has that very variable. Equations are taken from the text of the file, not from
what the readers made of it.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from tests.formats.foreign import FEATURES, document, files

FORMS = {".mdl": "Vensim", ".xmile": "XMILE", ".stmx": "XMILE", ".putar": "putar"}
LEAST_SAID = 60  # letters of a derivation
CALL = re.compile(r"(?<![\w.])([A-Z]\w*)\s*\(", re.IGNORECASE)
CALL_WITH_BLANKS = re.compile(r"(?<![\w.])([A-Z][\w ]*?)\s*\(", re.IGNORECASE)
WORD = re.compile(r"(?<![\w.])[A-Z]\w*(?!\w*\s*\()", re.IGNORECASE)


def canonical(name: str) -> str:
    """A name as variables of the program have it, without subscripts and without its module."""
    bare = re.sub(r"\[.*", "", name.replace("\\n", " "), flags=re.DOTALL).strip().strip('"')
    return re.sub(r"[\s_]+", "_", bare).casefold().rpartition(".")[2]


def equations(path: Path) -> Iterator[tuple[str, str]]:
    """The name and the equation of each variable, as they stand in the file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".mdl":
        for entry in text.replace("\\\n", " ").split("|"):
            equation = entry.replace("{UTF-8}", "").partition("~")[0]
            name, _, expression = equation.partition("=")
            yield canonical(name.partition(":EXCEPT:")[0].rstrip(":")), expression
    elif path.suffix == ".putar":
        for statement in re.split(r"\n(?=\S)", text):
            words = re.match(r"(?:aux|flow|stock|constant|curve)\s+([\w.]+)", statement)
            if words is not None:
                yield canonical(words[1]), statement[words.end() :]
    else:
        for tag, body in re.findall(r"<(aux|flow|stock)\s(.*?)</\1>", text, re.DOTALL):
            name = re.search(r'name="([^"]*)"', body)
            assert name is not None, tag
            found = re.findall(r"<eqn>(.*?)</eqn>", body, re.DOTALL)
            yield canonical(name[1]), unescape(" ".join(found))


def called(expression: str, form: str) -> set[str]:
    """The functions that an equation calls, as `SMOOTH_N(`, and its words that stand without brackets."""
    calls = (CALL_WITH_BLANKS if form == "Vensim" else CALL).findall(expression)
    found = {re.sub(r"[\s_]+", "_", call.strip()).upper() + "(" for call in calls}
    return found | {word.upper() for word in WORD.findall(expression)}


def proven(form: str) -> set[str]:
    """All functions of a form that some model's expected values rest on."""
    found: set[str] = set()
    for feature in FEATURES:
        known = document(feature)
        if len(known["how"].strip()) < LEAST_SAID:
            continue
        names = {canonical(name) for name in [*known["values"], *known.get("moments", {})]}
        for path in files(feature):
            if FORMS[path.suffix] == form:
                for name, expression in equations(path):
                    found |= called(expression, form) if name in names else set()
    return found
