"""A model in another form: one file of another tool or of text, by its suffix, or a flywheel's folder.

What the other form cannot say is listed, never dropped in silence. What was written is read and run again
before it takes its place. A file that exists is not written over unless that is asked for, and an error
leaves it as it was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from putar.errors import ModelErrors, UsageError, nearest
from putar.flywheels.catalogue import find
from putar.flywheels.folder import Flywheel, from_model
from putar.flywheels.folder_write import folder_files
from putar.flywheels.scenarios import RunSpec
from putar.flywheels.settled import settled
from putar.flywheels.story import read_story
from putar.formats.writing.loss import Loss, Written
from putar.formats.writing.text import write_text
from putar.formats.writing.vensim import write_vensim
from putar.formats.writing.xmile import write_xmile
from putar.language.model import Model
from putar.runs.design import design
from putar.runs.ensemble import Ensemble
from putar.runs.execute import execute

__all__ = ["WRITERS", "Conversion", "convert"]

CLOSE = 1e-12  # of numbers that read back

Writer = Callable[[Model, str], Written]  # of a model and its title

# a row for each form of one file
WRITERS: dict[str, Writer] = {
    ".putar": write_text,
    ".xmile": write_xmile,
    ".stmx": write_xmile,
    ".mdl": write_vensim,
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was written, what could not be said, and names that changed: the old one and the new one."""

    files: tuple[str, ...]
    losses: tuple[Loss, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the document that the command line prints."""
        losses = [{"what": x.what, "where": x.where, "why": x.why} for x in self.losses]
        return {"files": list(self.files), "losses": losses, "names": dict(self.names)}


def convert(flywheel: Flywheel, out: Path, *, force: bool = False, spec: RunSpec | None = None) -> Conversion:
    """Write a flywheel or a model in the form that the suffix of a path names.

    Parameters
    ----------
    force : whether a file that exists is written over
    spec : a scenario, settings and cut links that become a part of the model's equations

    Raises
    ------
    UsageError
        If the form is unknown, the model is none, or the file exists.
    """
    writer = WRITERS.get(out.suffix.lower())
    if writer is None and out.suffix:
        near = nearest(out.suffix.lower(), WRITERS)
        known = ", ".join(WRITERS)
        fix = f"did you mean {near!r}?" if near else f"one of {known}, or a folder, which has no suffix"
        raise UsageError(f"there is no form {out.suffix!r} to write {out.name} in", fix)
    if out.exists() and not force:
        raise UsageError(f"{out} exists", "write elsewhere, or say --force (force=True)")
    if writer is not None and out.is_dir():
        raise UsageError(f"{out} is a folder", "write elsewhere")
    whole = flywheel
    if spec is not None and spec != RunSpec():
        model = settled(flywheel, spec)
        flywheel = replace(from_model(model, Path(f"{flywheel.name}.putar")), title=flywheel.title)
    before = _series(flywheel)  # a model that does not run is refused, before anything is written
    if writer is None:
        return _folder(flywheel, out, before)
    written = writer(flywheel.model, flywheel.title)
    apart = _replace(out, written, before)
    changed = {old: new for old, new in written.names.items() if old != new}
    return Conversion((str(out),), (*written.losses, *apart, *_left_out(whole)), changed)


def _folder(flywheel: Flywheel, out: Path, before: Ensemble) -> Conversion:
    """Write a flywheel's folder: its files one by one, once the whole of them reads back."""
    files, losses, names = folder_files(flywheel, out.resolve().name)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}", "check the folder") from None
    with _beside(out) as folder:
        made = Path(folder) / out.resolve().name
        made.mkdir()
        for name, text in files.items():
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        apart = _apart(made, Written("", losses, names), before)
        out.mkdir(exist_ok=True)
        for name in files:
            (made / name).replace(out / name)
    changed = {old: new for old, new in names.items() if old != new}
    return Conversion(tuple(str(out / name) for name in files), (*losses, *apart), changed)


@contextmanager
def _beside(path: Path) -> Iterator[str]:
    """Yield a folder beside a path, on the same disk, that is gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}.") as folder:
            yield folder
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "check the folder") from None


def _series(flywheel: Flywheel) -> Ensemble:
    program = flywheel.program
    return execute(program, design(program), [name for name, _ in program.outputs])


def _replace(path: Path, written: Written, before: Ensemble) -> list[Loss]:
    """Write a file in one go, whole or not at all, once it reads back; return what does not read the same."""
    with _beside(path) as folder:
        file = Path(folder) / path.name
        file.write_text(written.text, encoding="utf-8", newline="\n")
        apart = _apart(file, written, before)
        file.replace(path)
    return apart


def _apart(file: Path, written: Written, before: Ensemble) -> list[Loss]:
    """Return whether the numbers of a run are others when a file is read again."""
    try:
        after = _series(find(file))
    except ModelErrors as error:
        unsaid = [str(loss) for loss in written.losses if loss.what.startswith("the function")]
        why = "; ".join(unsaid) or str(error)
        what = f"this model cannot be said in {file.suffix or 'a folder'}: {why}"
        raise UsageError(what, "rewrite what is named, or write another form") from None
    columns = {name: index for index, name in enumerate(after.names)}
    wrong: list[str] = []
    for index, name in enumerate(before.names):
        base, bracket, elements = name.partition("[")
        now = written.names.get(name, f"{written.names.get(base, base)}{bracket}{elements}")
        if now not in columns or after.values.shape[0] != before.values.shape[0]:
            wrong.append(name)
            continue
        values = (before.values[:, index, 0], after.values[:, columns[now], 0])
        if not np.allclose(*values, rtol=CLOSE, atol=0.0, equal_nan=True):
            wrong.append(name)
    if not wrong:
        return []
    named = ", ".join(wrong[:5]) + (" and others" if len(wrong) > 5 else "")
    return [Loss(f"the numbers of {named}", "", "they are others when the file is read again")]


def _left_out(flywheel: Flywheel) -> tuple[Loss, ...]:
    """Return what a flywheel has beside its model, which no single file of a model holds."""
    place = "flywheel.toml"
    found: list[Loss] = []

    def lost(what: str, where: str, why: str) -> None:
        found.append(Loss(what, where, why))

    scenarios = [name for name in flywheel.scenarios if name != "base"]
    if scenarios:
        lost(f"the scenarios {', '.join(scenarios)}", place, "a file holds one; --scenario says which")
    if flywheel.facts:
        lost("the facts themselves", "facts.csv", "their ids stand beside the numbers that rest on them")
    if flywheel.series:
        lost("what was observed", "series.csv", "a model's file has no place for it")
    if flywheel.path.is_dir():
        claims = read_story(flywheel).claims
        if claims:
            lost(f"{len(claims)} claims", "claims.toml", "a model's file has no place for them")
    for what, value in (
        ("the headlines", flywheel.headline),
        ("the levers", flywheel.levers),
        ("the questions to the links", flywheel.protocols),
        ("the tables", flywheel.tables),
        ("the names of the loops", flywheel.loops),
        ("the feeds from other flywheels", flywheel.feeds),
    ):
        if value:
            lost(what, place, "a model's file has no place for them")
    return tuple(found)
