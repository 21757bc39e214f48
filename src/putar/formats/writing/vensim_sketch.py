"""What stands behind the equations of a `.mdl` file: its views and its settings.

A sketch that was read is written back. Otherwise each room gets a plain view of its variables in rows, so
that Vensim opens the file and every variable can be found.

Source: Vensim Reference Manual, "Sketch format"; the place of the method is that of public models' settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from putar.formats.writing.vensim_names import Names
from putar.language.model import Model, Variable

__all__ = ["sketch"]

METHODS = {"euler": "0", "rk4": "1", "rk2": "3", "heun": "3"}
ACROSS, WIDE, HIGH = 6, 170, 60
_HEAD = "\\\\\\---/// Sketch information - do not modify anything except names\n"
_HEAD += "V300  Do not put anything below this section - it will be ignored\n"
_STYLE = "$192-192-192,0,Times New Roman|12||0-0-0|0-0-0|0-0-255|-1--1--1|-1--1--1|96,96,100,0\n"


def sketch(
    model: Model, rooms: Mapping[str, Sequence[Variable]], names: Names, titles: Mapping[str, str]
) -> str:
    """Return the views and settings of a file.

    Parameters
    ----------
    rooms : the variables of each view
    """
    method = METHODS.get(model.time.method, "0")
    kept = dict(model.kept).get("vensim sketch")
    if kept is not None:
        return _with_method(kept, method)
    views = []
    for room, variables in rooms.items():
        title = titles.get(room) or room.replace("_", " ") or "Model"
        views.append(_HEAD + f"*{title}\n" + _STYLE + "".join(_placed(variables, names)))
    return "".join(views or [_HEAD + "*Model\n" + _STYLE]) + _settings(method)


def _placed(variables: Sequence[Variable], names: Names) -> list[str]:
    found = []
    for index, variable in enumerate(variables):
        x, y = 100 + WIDE * (index % ACROSS), 80 + HIGH * (index // ACROSS)
        shape = 3 if variable.kind == "stock" else 8
        found.append(f"10,{index + 1},{names.variables[variable.name]},{x},{y},60,20,{shape},3,0,0,0,0,0,0\n")
    return found


def _settings(method: str) -> str:
    return f"///---\\\\\\\n:L\x7f<%^E!@\n15:0,0,0,{method},0,0\n"


def _with_method(kept: str, method: str) -> str:
    """Return a sketch whose settings name the method that runs."""
    line = re.search(r"^15:([^,\n]*,[^,\n]*,[^,\n]*),([^,\n]*)(.*)$", kept, re.MULTILINE)
    if line is None:
        return (
            kept.rstrip("\n")
            + "\n"
            + (f"15:0,0,0,{method},0,0\n" if "///---\\\\\\" in kept else _settings(method))
        )
    if line[2].strip() in {"0": ("0", "2"), "1": ("1", "5"), "3": ("3", "4")}[method]:
        return kept
    return f"{kept[: line.start()]}15:{line[1]},{method}{line[3]}{kept[line.end() :]}"
