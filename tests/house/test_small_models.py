"""Every construct of a format stands in a small model with values worked out by hand.

`tests/models/constructs.toml` lists what a format has beside functions, as patterns of the text of a model's
file. That each function has such a model is tested in `tests/formats/test_covered.py`.
"""

import re
import tomllib

import pytest

from tests.house import tree

MODELS = tree.ROOT / "tests" / "models"
FORMS = {"mdl": (".mdl",), "xmile": (".xmile", ".stmx", ".itmx")}
CONSTRUCTS = tomllib.loads((MODELS / "constructs.toml").read_text(encoding="utf-8"))
CASES = [pytest.param(form, what, id=f"{form}: {what}") for form, rows in CONSTRUCTS.items() for what in rows]


def features_with(form: str, pattern: str) -> list[str]:
    """The features that have a model of a form with a pattern in it, and values to compare."""
    return [
        path.parent.name
        for path in sorted(MODELS.glob("*/model.*"))
        if path.suffix in FORMS[form]
        and path.with_name("expected.toml").is_file()
        and re.search(pattern, path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("form", "what"), CASES)
def test_every_construct_of_a_format_has_a_model(form: str, what: str) -> None:
    """A row that is added without a model is named here."""
    assert features_with(form, CONSTRUCTS[form][what]), f"add a model with {what} to tests/models"


def test_patterns_do_not_meet_everything() -> None:
    """A pattern that all models meet would prove nothing."""
    for form, rows in CONSTRUCTS.items():
        everywhere = len([p for p in MODELS.glob("*/model.*") if p.suffix in FORMS[form]])
        assert [what for what in rows if len(features_with(form, rows[what])) == everywhere] == []
