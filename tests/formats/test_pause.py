"""Reading without looking for garbage."""

import gc

import pytest

from putar.formats.pause import no_collecting


@no_collecting()
def _broken() -> None:
    assert not gc.isenabled()
    raise ValueError("inside")


def test_collecting_goes_on_as_before() -> None:
    """Behind the block it is as it was, whatever happened inside."""
    assert gc.isenabled()
    with pytest.raises(ValueError, match="inside"):
        _broken()
    assert gc.isenabled()

    gc.disable()
    try:
        with no_collecting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
