"""The shipped flywheels in Indonesian: nothing that a reader of their numbers sees is left in English."""

from __future__ import annotations

import pytest

import putar
from putar.flywheels.catalogue import names


@pytest.mark.parametrize("name", names())
def test_labels_and_reasons_of_numbers_are_said_in_indonesian(name: str) -> None:
    """Of every variable the label; of every constant, link, lever and loop of the story the reason, too."""
    flywheel = putar.load(name).flywheel
    own, model = flywheel.texts("id"), flywheel.model
    labels = {variable.label for variable in model.variables if variable.name not in model.internal}
    reasons = {p.reason for v in model.variables for _, p in model.parameters(v) if p.reason}

    reasons |= {each.reason for each in (*flywheel.loops, *flywheel.links, *flywheel.levers) if each.reason}
    reasons |= {each.reason for each in flywheel.scenarios.values() if each.reason}

    assert sorted(label for label in labels if label not in own) == []
    assert sorted(reason for reason in reasons if reason not in own) == []
