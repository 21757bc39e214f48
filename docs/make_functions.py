"""Write docs/functions.md from the language's own tables; `--check` only compares."""

from pathlib import Path

from make_cli import write_or_check
from putar.language.functions import CONSTANTS, FUNCTIONS

PAGE = Path(__file__).with_name("functions.md")
HEAD = """# Built-in functions

Made by `make docs` from the table that the checker and the compiler read; do not edit. Arguments in
brackets may be left out. Names are read without regard to case.

Where the unit column shows `a, time, time -> a`, it lists what each argument must be, then the answer. A
letter is any unit, the same wherever it stands; `time` is the model's time unit, `1` dimensionless, and `any`
what fits whatever is declared. `curve` is the name of a table, `x` the unit of its input, `y` of its values.

| call | what it gives | unit of the result |
|---|---|---|
"""
NAMES = """
## Names without brackets

| name | unit |
|---|---|
"""
UNITS = {
    "same": "the unit of its arguments",
    "dimensionless": "dimensionless, as its argument must be",
    "sign": "dimensionless",
    "sqrt": "the square root of the argument's unit",
    "ratio": "the first argument's unit over the second's",
    "count": "dimensionless",
    "delay": "the input's unit",
    "delayn": "the input's unit",
    "trend": "one over the time unit",
    "forecast": "the input's unit",
    "step": "the height's unit",
    "pulse": "the amount's unit over the time unit",
    "ramp": "the slope's unit times the time unit",
    "time": "the time unit",
    "any": "any",
}
BARE = "dimensionless"


def units(rule: str) -> str:
    """The words of a rule, or a signature as it is written."""
    if "->" not in rule:
        return UNITS[rule]
    first, *others = rule.split(";")
    listed = [f"`{first}`"]
    for other in others:
        choice, _, signature = other.partition(":")
        name, *numbers = choice.split()
        listed.append(f"where {name} is {' or '.join(numbers)} `{signature.strip()}`")
    return "; ".join(listed)


def page() -> str:
    """The whole page; a unit rule without words here is an error, not a gap."""
    rows = [f"| `{row.signature}` | {row.says} | {units(row.units)} |\n" for row in FUNCTIONS.values()]
    bare = UNITS | {"dimensionless": BARE}
    names = [f"| `{name.upper()}` | {bare[rule]} |\n" for name, rule in CONSTANTS.items()]
    return "".join([HEAD, *rows, NAMES, *names])


if __name__ == "__main__":
    write_or_check(PAGE, page())
