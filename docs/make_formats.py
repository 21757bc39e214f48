"""Write docs/formats.md from the tables that readers and writers use; `--check` only compares."""

from pathlib import Path

from make_cli import write_or_check
from putar.formats import xmile_functions
from putar.formats.vensim_functions import DERIVED, PLAIN, REFUSED
from putar.formats.xmile_variable import UNSUPPORTED

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
left out. The sketch is kept for writing back.

Random functions draw from putar's own generator: the distributions are Vensim's, the streams are not. A
draw in an initial value is made once, from seed 0.

| Vensim | in putar |
|---|---|
"""
REFUSED_HEAD = """
Refused by name:

| {tool} | why |
|---|---|
"""
XMILE = """
## XMILE, `.xmile`, `.stmx`, `.itmx`

Read: stocks, flows and auxiliaries, tables of all types, dimensions with named or numbered elements, arrays
for all or for single elements, slices (`*`, `2:3`, `a:c`), `@2`, transposed matrices, computed subscripts (0
outside of a dimension), modules in modules, macros (with defaults; also such that call themselves with
numbers), flows and stocks that cannot fall below zero (a stock's outflows are limited in their order),
multipliers of flows, conveyors with leaks, limits, samples and arrests, queues and overflows (by Euler's
method; as belts of slats, a slat a step), included files of the model's folder, simulation specifications,
models of Stella 10, and what Vensim writes as XMILE. Views, header and style are kept for writing back.

Every function of [functions](functions.md) can be used, and these:

| XMILE and Stella | in putar |
|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [f"| `{row.vensim}` | `{row.name}` |\n" for row in PLAIN.values()]
    rows += [f"| `{name.replace('_', ' ')}` | `{formula}` |\n" for name, (_, formula) in DERIVED.items()]
    refused = [f"| `{name.replace('_', ' ')}` | {why} |\n" for name, why in REFUSED.items()]
    stella = [f"| `{name}` | `{formula}` |\n" for name, (_, formula) in xmile_functions.DERIVED.items()]
    parts = {f"<{tag}>": why for tag, why in UNSUPPORTED.items()}
    nots = [f"| `{name}` | {why} |\n" for name, why in {**parts, **xmile_functions.REFUSED}.items()]
    vensim = [HEAD, VENSIM, *rows, REFUSED_HEAD.format(tool="Vensim"), *refused]
    return "".join([*vensim, XMILE, *stella, REFUSED_HEAD.format(tool="XMILE and Stella"), *nots])


if __name__ == "__main__":
    write_or_check(PAGE, page())
