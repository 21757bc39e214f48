"""Models made at random are written in every form and give the same numbers when they are read again."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from putar.flywheels.folder import from_model
from putar.formats.writing.loss import Written
from putar.formats.writing.vensim import write_vensim
from putar.formats.writing.xmile import write_xmile
from putar.language.model import Model
from tests.formats.writing.generated import generated
from tests.formats.writing.round_trip import differences
from tests.formats.writing.xmile_rules import broken

FORMS = {".xmile": write_xmile, ".mdl": write_vensim}


@pytest.mark.parametrize("suffix", FORMS)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=12, deadline=None)
def test_any_model_reads_back_to_the_same_numbers(suffix: str, seed: int) -> None:
    """Formulas, stages of delays, tables and switches stand for what a form has no word for."""
    write: Callable[[Model], Written] = FORMS[suffix]
    flywheel = from_model(generated(seed), Path("generated.putar"))
    with tempfile.TemporaryDirectory() as folder:
        assert differences(flywheel, write(flywheel.model), Path(folder) / f"again{suffix}") == []


@given(seed=st.integers(0, 10**6))
@settings(max_examples=12, deadline=None)
def test_any_model_keeps_the_rules_of_xmile(seed: int) -> None:
    """Whatever an equation needs is connected, and every function is one of the standard's."""
    assert broken(write_xmile(generated(seed)).text) == []
