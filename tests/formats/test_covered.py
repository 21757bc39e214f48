"""Every function of every format has a small model whose numbers were worked out by hand."""

import pytest

from putar.formats import vensim_functions, xmile_functions
from putar.language.functions import CONSTANTS, FUNCTIONS
from tests.formats.foreign import FEATURES, document
from tests.formats.proven import LEAST_SAID, called, proven

# XMILE 1.0, section 3.5, and what Stella adds under the same name: they are the language's own
STANDARD = """ABS ARCCOS ARCSIN ARCTAN COS EXP INF INT LN LOG10 MAX MIN PI SIN SQRT TAN
    EXPRND LOGNORMAL NORMAL POISSON RANDOM DELAY DELAY1 DELAY3 DELAYN FORCST SMTH1 SMTH3 SMTHN TREND
    PULSE RAMP STEP DT STARTTIME STOPTIME TIME INIT PREVIOUS SELF MEAN RANK SIZE STDDEV SUM PROD
    SAFEDIV ROUND SIGN LOOKUP HISTORY ENDVAL CGROWTH DERIVN"""
# functions of Vensim that the reader takes apart before any table is asked
READ_APART = ("INTEG", "ELMCOUNT", "TABBED_ARRAY", "GET_DIRECT_CONSTANTS", "GET_TIME_VALUE", "DELAYP")

WITHOUT_BRACKETS = {*(name.upper() for name in CONSTANTS), "SELF", "NAN", "RUNCOUNT"}

ROWS = {
    "Vensim": [*vensim_functions.PLAIN, *vensim_functions.DERIVED, *READ_APART],
    "XMILE": [*STANDARD.split(), *xmile_functions.DERIVED],
    "putar": [*FUNCTIONS, *(name.upper() for name in CONSTANTS)],
}


@pytest.mark.parametrize("form", ROWS)
def test_every_function_has_a_value_worked_out_by_hand(form: str) -> None:
    """A function that is added to a table without a model is named here."""
    wanted = {name if name in WITHOUT_BRACKETS else f"{name}(" for name in ROWS[form]}

    assert sorted(wanted - proven(form)) == []


def test_every_model_says_how_its_values_were_found() -> None:
    """A derivation of some length, and not a word of the program."""
    for feature in FEATURES:
        assert len(document(feature)["how"].strip()) >= LEAST_SAID, feature


def test_calls_are_seen() -> None:
    """What stands in an equation, with blanks in names, nested, and without brackets."""
    assert called("a + SMOOTH N (x, MAX(2, b_c), 3) * Time", "Vensim") >= {"SMOOTH_N(", "MAX(", "TIME"}
    assert called("IF step THEN PULSE (1, 2) ELSE 0", "XMILE") >= {"PULSE(", "STEP"}
    assert "STEP(" not in called("IF step THEN PULSE (1, 2) ELSE 0", "XMILE")
