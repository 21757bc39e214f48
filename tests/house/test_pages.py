"""Pages that are made from the program say what the program does today."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import tree

MAKERS = sorted((tree.ROOT / "docs").glob("make_*.py"))


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.stem)
def test_made_page_is_current(maker: Path) -> None:
    """The page equals what its maker would write now; `make docs` writes it."""
    done = subprocess.run(
        [sys.executable, str(maker), "--check"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_pages_have_makers() -> None:
    """The two pages that must not drift are made, not typed."""
    assert {maker.name for maker in MAKERS} >= {"make_cli.py", "make_functions.py"}
