"""The plain script that putar is measured against answers the same question."""

from functools import partial
from typing import Any

import numpy as np
import pytest

import plain
import putar
import shapley

SHIPPED = {"openai-compute": "finance.value", "tesla-xai-spacex": "valuation.value"}


@pytest.mark.parametrize("name", SHIPPED)
def test_script_gives_what_putar_gives(name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all links and with none from a date on, of floats and of arrays."""
    monkeypatch.setattr(plain, "BUILT", tmp_path)
    model, date = putar.load(name), 2025.0
    stop = model.model.time.stop
    cut = [link.id for link in model.flywheel.links]
    asked = [{"cut": cut, "cut_from": date}, {}]
    expected = [
        model.run(save=[SHIPPED[name]], save_at=[stop], **how).ensemble.values[-1, 0, 0] for how in asked
    ]  # type: ignore[arg-type]
    given = partial(shapley.parameters, model, cut_from=date)
    text = plain.script(model.flywheel.program, SHIPPED[name])
    arrays = plain.built(text, "with_arrays", plain.ARRAYS)(given(np.array([[0.0, 1.0]] * len(cut))))
    floats = plain.built(text, "with_floats", plain.FLOATS)([float(x) for x in given(np.zeros(len(cut)))])

    assert np.ravel(arrays) == pytest.approx(expected, rel=1e-9)
    assert floats == pytest.approx(expected[0], rel=1e-9)
    assert expected[0] != expected[1]


def test_script_refuses_what_it_cannot_do() -> None:
    """Another method than Euler's would give other numbers."""
    from dataclasses import replace

    program = putar.load("openai-compute").flywheel.program
    with pytest.raises(ValueError, match="Euler"):
        plain.script(replace(program, method="rk4"), "finance.value")
