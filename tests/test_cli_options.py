"""What all commands share: where answers for a person are printed."""

import pytest

from putar.cli_options import console


@pytest.mark.parametrize("name", ["growth[red]", "growth[/red]", "growth[b]", "[link=here]"])
def test_names_of_elements_are_printed_whole(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets are a part of a name, not the printer's own signs for colours."""
    console().print(f"{name} is set")

    assert capsys.readouterr().out == f"{name} is set\n"
