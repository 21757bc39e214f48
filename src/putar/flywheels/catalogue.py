"""Which flywheels ship, and how a name or a path on the command line becomes one.

A shipped flywheel is a folder beside this module with a flywheel.toml; its name is the folder's, with
`-` for `_`. Anything else is a path: to a folder of the same form, or to one model file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from putar.engine.lower import lower
from putar.errors import ModelErrors, Problem, UsageError, nearest
from putar.flywheels.article import read_article
from putar.flywheels.folder import Flywheel, Reading, from_model, read_parts
from putar.formats.text import read_model
from putar.language.check import check, raise_errors
from putar.language.dimensional import check_units
from putar.language.model import Model

__all__ = ["READERS", "find", "names", "with_units"]


def _xmile(path: Path, data: Sequence[Path]) -> Model:
    from putar.formats.xmile_read import read_xmile  # readers of other tools' files only where they are read

    return read_xmile(_without_data(path, data))


def _vensim(path: Path, data: Sequence[Path]) -> Model:
    from putar.formats.vensim_read import read_vensim

    return read_vensim(path, data)


# a row for each format of one file; the second argument are files with data
READERS: dict[str, Callable[[Path, Sequence[Path]], Model]] = {
    ".putar": lambda path, data: read_model(_without_data(path, data)),
    ".mdl": _vensim,
    ".xmile": _xmile,
    ".stmx": _xmile,
    ".itmx": _xmile,
    ".xml": _xmile,
}
_AS_TEXT = "open it in Vensim and save it as a text model (.mdl)"
_AS_DATA = "export them from Vensim as .csv, and give that with --data FILE beside the model"
CLOSED = {  # files that people have beside models, or for them
    ".vmf": ("a Vensim model in binary form", _AS_TEXT),
    ".vpm": ("a Vensim model packed for its reader", "ask its author for the text model (.mdl)"),
    ".vpmx": ("a Vensim model packed for its reader", "ask its author for the text model (.mdl)"),
    ".vdf": ("the results of a run of Vensim", _AS_DATA),
    ".vdfx": ("the results of a run of Vensim", _AS_DATA),
    ".stm": ("a model of an old Stella in binary form", "open it in Stella and save it as .stmx"),
    ".itm": ("a model of an old iThink in binary form", "open it in Stella and save it as .stmx"),
}
_SHIPPED = Path(__file__).parent


def names() -> tuple[str, ...]:
    """Return the names of the shipped flywheels, sorted."""
    folders = sorted(path.parent for path in _SHIPPED.glob("*/flywheel.toml"))
    return tuple(folder.name.replace("_", "-") for folder in folders)


def find(name: str | Path, data: Sequence[Path] = ()) -> Flywheel:
    """Return a flywheel by its shipped name, by the path of its folder, or by that of a file.

    A file is a model, or claims about an article (`article`).

    Parameters
    ----------
    data : files with the values of a model's data variables

    Raises
    ------
    UsageError
        If there is no such name or path, with the nearest name.
    ModelErrors
        If what is found cannot be read, with every problem.
    """
    word = str(name)
    if word.replace("_", "-") in names():
        _without_data(Path(word), data)
        return _whole(read_parts(_SHIPPED / word.replace("-", "_")))
    path = Path(name).expanduser()
    if path.is_dir():
        if (path / "flywheel.toml").is_file():
            return _whole(read_parts(path))
        fix = "a flywheel's folder has a flywheel.toml and its subsystems; docs/format.md shows the form"
        raise UsageError(f"{word} is no flywheel: it has no flywheel.toml", fix)
    if path.is_file() and path.suffix.lower() == ".toml":
        if (path.parent / "flywheel.toml").is_file():
            fix = f"give the folder: {path.parent}"
            raise UsageError(f"{path.name} belongs to the flywheel in its folder", fix)
        return read_article(_without_data(path, data))
    if path.is_file():
        reader = READERS.get(path.suffix.lower())
        if reader is not None:
            return with_units(from_model(reader(path, data), path))
        if path.suffix.lower() in CLOSED:
            what, fix = CLOSED[path.suffix.lower()]
            raise UsageError(f"{path.name} cannot be read: it is {what}", fix)
        known = ", ".join(READERS)
        fix = f"give a file of one of {known}, or a flywheel's folder"
        raise UsageError(f"{path.name} cannot be read as a model", fix)
    near = nearest(word, names())
    known = ", ".join(names()) or "none ship"
    fix = f"did you mean {near!r}?" if near else f"one of: {known}; or the path of a folder or file"
    raise UsageError(f"there is no flywheel {word!r}", fix)


def _without_data(path: Path, data: Sequence[Path]) -> Path:
    if data:
        raise UsageError(f"{path.stem} has no data variables", "leave --data out")
    return path


def with_units(flywheel: Flywheel) -> Flywheel:
    """Return the flywheel if its equations hold, in names and in units.

    Units of models that other tools made are not insisted on; `putar check` warns about them.

    Raises
    ------
    ModelErrors
        With every name and every unit that does not fit.
    """
    structure = check(flywheel.model)
    if flywheel.model.origin:
        raise_errors(structure)
        return flywheel
    errors = [p for p in (*structure, *check_units(flywheel.model)) if p.severity == "error"]
    if errors:
        raise ModelErrors(tuple(dict.fromkeys([*errors, *_loops(flywheel, structure)])))
    return flywheel


def _whole(reading: Reading) -> Flywheel:
    """Return the flywheel of a folder if nothing is wrong with it, or with its equations.

    Raises
    ------
    ModelErrors
        With what is wrong in any of its files, in names, in units and in the claims, all together; what
        only follows from something that could not be read is left out.
    """
    errors = list(reading.errors)
    if reading.flywheel is None:
        raise ModelErrors(reading.errors)
    try:
        flywheel = with_units(reading.flywheel)
    except ModelErrors as error:
        errors += [problem for problem in error.problems if not reading.follows(problem)]
    if not errors:
        return flywheel
    from putar.flywheels.story import read_story  # claims are looked at where they are asked for, or here

    told = read_story(reading.flywheel).problems
    errors += [p for p in told if p.severity == "error" and not reading.follows(p)]
    raise ModelErrors(tuple(dict.fromkeys(errors)))


def _loops(flywheel: Flywheel, structure: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the loops without a stock, if the equations are whole enough to follow them."""
    if any(problem.severity == "error" for problem in structure):
        return ()
    try:
        lower(flywheel.model)
    except ModelErrors as error:
        return error.problems
    return ()
