"""Write docs/formats.md from the tables that readers and writers use; `--check` only compares."""

from pathlib import Path

from make_cli import write_or_check
from putar.formats.vensim_functions import DERIVED, PLAIN, REFUSED

PAGE = Path(__file__).with_name("formats.md")
HEAD = """# Files of other tools

Made by `make docs` from the tables that the readers and writers use; do not edit.

A model that cannot be read right is refused: `putar check MODEL` lists every construct that is not
supported, with its line and the reason, before anything runs. Units are warned about, not insisted on.

"""
VENSIM = """## Vensim, `.mdl`

Read: equations with comments and line breaks, names with blanks and in quotes, units, groups (as they
stand), subscript ranges, parts of ranges, numbered elements, aliases, mappings, `:EXCEPT:`, arrays defined
in pieces, constant lists, `TABBED ARRAY`, lookups in all forms, `WITH LOOKUP`, macros with stocks, macros
in macros and further outputs, data variables with `--data FILE` (`.csv`, `.tab`, `.dat`, `.xlsx`, `.xls`)
and their modes, GET DIRECT and GET XLS calls for constants, data, lookups and subscripts (files in the
model's own folder only), `:NA:` (the number -2^109), `:SUPPLEMENTARY`, control variables as equations,
the method in the settings. A final time that changes during the run ends it. Reality checks are noted and
left out. The sketch is not read.

Random functions draw from putar's own generator: the distributions are Vensim's, the streams are not. A
draw in an initial value is made once, from seed 0.

| Vensim | in putar |
|---|---|
"""
REFUSED_HEAD = """
Refused by name:

| Vensim | why |
|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [f"| `{row.vensim}` | `{row.name}` |\n" for row in PLAIN.values()]
    rows += [f"| `{name.replace('_', ' ')}` | `{formula}` |\n" for name, (_, formula) in DERIVED.items()]
    refused = [f"| `{name.replace('_', ' ')}` | {why} |\n" for name, why in REFUSED.items()]
    return "".join([HEAD, VENSIM, *rows, REFUSED_HEAD, *refused])


if __name__ == "__main__":
    write_or_check(PAGE, page())
