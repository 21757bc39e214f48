"""Every function and every construct of a format stands in a small model with values worked out by hand.

A function that is added to a table of the readers, or to the language, needs a model in `tests/models` of that
format (`.mdl`; `.xmile` or `.stmx`; `.putar` or one of the two others for the language's own), and either a value
in `expected.toml` that comes from it or, of draws, its moments. `how` there says how they were worked out.

`constructs.toml` beside the models holds what is no function, as patterns of the text of a model's file.
"""

import re
import tomllib
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from putar.formats import vensim_functions, xmile_functions
from putar.language.functions import FUNCTIONS
from tests.house import tree

MODELS = tree.ROOT / "tests" / "models"
FORMATS = {"mdl": (".mdl",), "xmile": (".xmile", ".stmx", ".itmx")}
Entry = tuple[str, str]  # the last word of a name, and all that its definition says

# built-ins of the language that XMILE has too: what stands in the standard or in the help of Stella
XMILE_HAS = (
    "ABS INT ROUND SIGN SQRT EXP LN LOG10 SIN COS TAN ARCSIN ARCCOS ARCTAN SAFEDIV MIN MAX SUM PROD MEAN STDDEV "
    "SIZE SMTH1 SMTH3 SMTHN DELAY DELAY1 DELAY3 DELAYN TREND FORCST PREVIOUS INIT STEP PULSE RAMP RANDOM NORMAL "
    "LOGNORMAL EXPRND POISSON RANK LOOKUP HISTORY NORMALCDF INVNORM"
).split()

CASES = [
    *(("mdl", name) for name in {**vensim_functions.PLAIN, **vensim_functions.DERIVED}),
    *(("xmile", name) for name in dict.fromkeys((*xmile_functions.DERIVED, *XMILE_HAS))),
]


def plain(text: str) -> str:
    """A text in small letters, without quotes, each blank or line as one underscore between words."""
    text = re.sub(r"\\\s*\n|\\n", " ", text.lower().replace('"', ""))
    return re.sub(r"(?<=\w)[ \t\r\n_]+(?=[\w(])", "_", text)


def entries(path: Path) -> list[Entry]:
    """What is defined in a file, each with its own text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".mdl":
        found = []
        for entry in text.split("|"):
            equation = entry.split("~")[0]
            head = re.split(r"[=\[(:]", equation.replace("{UTF-8}", ""), maxsplit=1)[0]
            found.append((plain(head.strip()), plain(equation)))
        return found
    defined = []
    for element in ET.fromstring(text).iter():  # noqa: S314 - the project's own files
        if name := element.get("name"):
            inside = [*element.itertext(), *(str(v) for e in element.iter() for v in e.attrib.values())]
            defined.append((plain(name), plain(" \n ".join(inside))))
    return defined


def written_down(feature: str) -> dict[str, Any]:
    """What is expected of a feature's models."""
    return tomllib.loads((MODELS / feature / "expected.toml").read_text(encoding="utf-8"))


@cache
def compared(form: str) -> dict[str, tuple[str, ...]]:
    """By feature: the texts of all definitions that some expected value comes from."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(MODELS.glob("*/model.*")):
        if path.suffix not in FORMATS[form]:
            continue
        told = written_down(path.parent.name)
        wanted = {plain(n.split("[")[0]).split(".")[-1] for k in ("values", "moments") for n in told.get(k, {})}
        defined, done, kept = entries(path), set[str](), list[str]()
        while wanted - done:
            name = (wanted - done).pop()
            done.add(name)
            for own, text in defined:
                if own == name:
                    kept.append(text)
                    wanted |= {other for other, _ in defined if re.search(rf"\b{re.escape(other)}\b", text)}
        found[path.parent.name] = tuple(kept)
    return found


def features_with(form: str, name: str) -> list[str]:
    """The features in which an expected value comes from a call of a function."""
    bare = "|" + r"\b" + name.lower() + r"\b" if form == "xmile" and name in {"NAN", "RUNCOUNT"} else ""
    call = re.compile(rf"\b{name.lower()}\s*\({bare}")
    return [feature for feature, texts in compared(form).items() if any(call.search(t) for t in texts)]


@pytest.mark.parametrize(("form", "name"), CASES, ids=[f"{form}-{name}" for form, name in CASES])
def test_every_function_of_a_format_has_a_model(form: str, name: str) -> None:
    """Some value that was worked out by hand comes from it, in a file of that format."""
    assert features_with(form, name), (
        f"no model in tests/models has {name} in {FORMATS[form]} behind an expected value: add one, with "
        f"`how` its value was worked out (of draws: [moments])"
    )


def test_every_built_in_is_reached_from_a_model() -> None:
    """Each function of the language is what some row with a model becomes, or is called in XMILE itself."""
    reached = {row.name for key, row in vensim_functions.PLAIN.items() if features_with("mdl", key)}
    for form, table in (("mdl", vensim_functions.DERIVED), ("xmile", xmile_functions.DERIVED)):
        for key, (_, formula) in table.items():
            if features_with(form, key):
                reached |= set(re.findall(r"\b[A-Z][A-Z0-9_]+(?=\()", formula))
    reached |= {name for name in FUNCTIONS if features_with("xmile", name)}

    assert set(FUNCTIONS) - reached == set()


@pytest.mark.parametrize("path", sorted(MODELS.glob("*/expected.toml")), ids=lambda path: path.parent.name)
def test_every_expectation_says_how_it_was_worked_out(path: Path) -> None:
    """A value without a derivation is a copy of what the program said."""
    told = written_down(path.parent.name)

    assert len(told.get("how", "").split()) >= 8
    assert told.get("values") or told.get("moments")


CONSTRUCTS = tomllib.loads((MODELS / "constructs.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("form", "what"), [(form, what) for form, rows in CONSTRUCTS.items() for what in rows]
)
def test_every_construct_of_a_format_has_a_model(form: str, what: str) -> None:
    """Its pattern is met in a file of that format."""
    texts = [p.read_text(encoding="utf-8") for p in MODELS.glob("*/model.*") if p.suffix in FORMATS[form]]

    assert any(re.search(CONSTRUCTS[form][what], text) for text in texts)
