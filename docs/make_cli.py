"""Write docs/cli.md from what every command says of itself; `--check` only compares.

Nothing is typed by hand, so the page cannot promise an option that is not there.
"""

import os
import re
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# The command line

Made by `make docs` from the program's own help; do not edit.

"""


def help_text(arguments: list[str]) -> str:
    """What `putar <arguments> --help` prints, at a fixed width and without colours."""
    os.environ.update(NO_COLOR="1", COLUMNS="100", TERM="dumb")
    from click.testing import CliRunner

    from putar.cli import main

    result = CliRunner().invoke(main, [*arguments, "--help"], prog_name="putar", terminal_width=100)
    if result.exit_code:
        raise SystemExit(result.output)
    return re.sub(r"[ \t]+$", "", result.output, flags=re.MULTILINE).strip()


def page() -> str:
    """The whole page: the group first, then every command in the order in which help lists them."""
    from putar.cli import main

    parts = [HEAD, "```\n", help_text([]), "\n```\n"]
    for name in main.commands:
        parts += [f"\n## putar {name}\n\n```\n", help_text([name]), "\n```\n"]
    return "".join(parts)


def write_or_check(path: Path, text: str) -> None:
    """Write the page, or end with 1 when `--check` was asked for and it would change."""
    if "--check" not in sys.argv[1:]:
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        raise SystemExit(f"{path.name} is not what its maker writes now; run `make docs`")


if __name__ == "__main__":
    write_or_check(PAGE, page())
