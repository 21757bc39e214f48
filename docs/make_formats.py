"""Write docs/formats.md from the tables that readers and writers use; `--check` only compares."""

from pathlib import Path

from make_cli import write_or_check
from putar.formats import xmile_functions
from putar.formats.vensim_functions import DERIVED, PLAIN, REFUSED
from putar.formats.writing import target
from putar.formats.writing.ways import WAYS, way_of
from putar.formats.xmile_variable import UNSUPPORTED
from putar.language.functions import FUNCTIONS

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
the method in the settings. The range in a units field is that of the constant. A final time that changes
during the run ends it; a step that changes is refused; where SAVEPER changes, every step is kept. Reality
checks are noted and left out. The sketch is kept for writing back. Text may be in UTF-8, UTF-16 or the
Windows code page. Wherever putar asks for a name (`--set "Contact Rate=4"`), it may be spelled as in the
file.

Random functions draw from putar's own generator: the distributions are Vensim's, the streams are not. A
draw in an initial value is made once, from seed 0. `RANDOM NORMAL()` is standard normal, `RANDOM POISSON`
may have a mean alone. `DELAY 1`, `DELAY 3` and `SMOOTH 3` are read as the names without a blank. `DELAYP`
is `DELAY3`, with the material that is under way as its pipeline. Delays that change are rounded to whole
steps when something enters, as `DELAY FIXED` is. `DELAY CONVEYOR` is computed for a time that stays the same
and is a whole number of steps, with an even profile or nothing on it at the start.

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
numbers), flows and stocks that cannot fall below zero (a stock's outflows are limited in
their order, then inflows that run backwards),
multipliers of flows, conveyors with leaks, limits, samples and arrests, queues and overflows (by Euler's
method; as belts of slats, a slat a step; a transit time of no whole steps is warned of), included files of
the model's folder, simulation specifications, models of Stella 10, and what Vensim writes as XMILE.
Views, header and style are kept for writing back. A module may have times of its own only where they are the
model's.

Every function of [functions](functions.md) can be used, and those below. `HISTORY` looks back in this run
alone; `DERIVN` is a difference over the step, of an order from 0 to 6; a run is taken to be the first, so
that `ENDVAL` is its initial value. `PULSE(x)` without a date is x / DT at all times; with a date but without
an interval it comes once, as XMILE says it.

| XMILE and Stella | in putar |
|---|---|
"""
PUBLIC = """
## Public test models

Of the field's public test models (SDXorg/test-models), these cannot give the table beside them, in any tool:

| file | why |
|---|---|
| `test_macro_expression.xmile` | no `<macro>`: what it computes was lost in conversion |
| `test_macro_multi_expression.xmile` | no `<macro>` |
| `test_macro_multi_macros.xmile` | no `<macro>` |
| `test_macro_stock.xmile` | no `<macro>` |
| `test_subscript_1d_arrays.xmile` | an equation is `???`: it was lost in conversion |
| `test_subscript_mixed_assembly.xmile` | equations are `???` |
| `test_multiple_subscripts.xmile` | equations are `???` |
| `test_subscript_subrange.xmile` | an equation is `???` |
| `test_subscript_subrange_equal.xmile` | an equation is `???` |
| `test_subscripted_flows.xmile` | equations are `???` |
| `test_get_time_value.mdl` | the table's times are -10 to 50 by 0.25, the model's 50 to 100 by 1 |

All are refused by name. `test_data_from_other_model.mdl` needs its data, `--data data.tab`. In
`test_allocate_available.mdl` what is shared out by a normal curve differs by up to 0.011 of demands of
hundreds, which is 0.4 % of the smallest shares: the table's normal curve is taken to be an approximation. All
other models that have a table give it to 0.01 %.
"""
WRITTEN = """
## Written

`putar convert IN OUT`, or `model.write(path)` in Python, writes any model in the form that OUT's suffix
names: `.putar`, `.xmile` or `.stmx`, `.mdl`; without a suffix, a flywheel's folder. What was written is
read and run again before it takes its place. Every loss is listed: on stderr, and with `--json` under
`losses` with `what`, `where` and `why`; names that had to change are under `names`. With `--scenario`,
`--set` and `--cut` what they change becomes a part of the equations, with its date.

**XMILE.** Subsystems are modules, what they need of each other is connected. A link is a variable of the
module `links`: 1 before `links.cut_date`, then `links.<id>_kept`, so that it can be cut in Stella too.
Tables that are straight in the logarithm are exponentials of tables. Views, and the namespaces they use,
are written back; a room without one gets a plain one. In the namespace `putar` stand, for putar to read
back: `<putar:link>` with its ends, `<putar:source>` with status, facts, the value before a fit, range and
distribution, the definitions of units, titles of subsystems and the midpoint method, which XMILE lacks.
Other tools pass over all of that. Lost are the scenarios, claims, facts and series of a flywheel.

**Vensim.** Subsystems are groups, links variables as above. Names have blanks, and are told apart by their
subsystem where two are alike. Limits of stocks and flows are equations. A function that means something
else in Vensim becomes an expression with the same value; comparisons become numbers by IF THEN ELSE.
Sources stand in comments, ranges in the units field. A sketch that was read is written back; otherwise each
group gets a plain view. Lost are what units are multiples of, Heun's method (written as Vensim's midpoint
method), infinity, and what XMILE loses of a flywheel.

**The text form and folders.** Names become words, arrays that are defined in part become whole. Where
that keeps units, a time that stands as a plain number gets a constant with the unit of time. Units that do
not fit their equations are taken off, and said. In a folder every constant has a status; one that rested on
facts which are not there is `assumed`, and its reason says what it was.

How each built-in function is written:

| | |
|---|---|
"""
WAYS_HEAD = """
| function | XMILE | Vensim |
|---|---|---|
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
    ways = [f"| {way} | {what} |\n" for way, what in WAYS.items()]
    told = [f"| `{f}` | {way_of(f, target.XMILE)} | {way_of(f, target.VENSIM)} |\n" for f in FUNCTIONS]
    written = [PUBLIC, WRITTEN, *ways, WAYS_HEAD, *told]
    return "".join([*vensim, XMILE, *stella, REFUSED_HEAD.format(tool="XMILE and Stella"), *nots, *written])


if __name__ == "__main__":
    write_or_check(PAGE, page())
