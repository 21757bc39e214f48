"""A model as a flywheel's folder, the start of one's own: rooms, constants with a status, links, headlines.

A flywheel is copied as it is. Of any other model the equations go into one file a room, its constants into
parameters.toml. What a folder asks for and the model does not say is filled in and says so.

Source: docs/flywheel.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from putar.flywheels.folder import Flywheel
from putar.flywheels.indicators import default_headlines
from putar.flywheels.parameters import FORMS, NEED_FACTS
from putar.formats.text_write import number_text, variable_text
from putar.formats.writing.loss import Loss
from putar.formats.writing.text import own_model
from putar.language.model import Model, Parameter, Subsystem, Variable, element_name

__all__ = ["folder_files"]

HOME = "main"
COPIED = ("*.toml", "*.putar", "*.csv", "*.md", "*.po")
FACTS = "id,quantity,value,low,high,unit,date,kind,source_title,publisher,url,note\n"
SERIES = "series,variable,time,until,value,low,high,unit,fact\n"


def folder_files(flywheel: Flywheel, name: str) -> tuple[dict[str, str], tuple[Loss, ...], dict[str, str]]:
    """Return the texts of a folder's files by name, what could not be said, and names that changed."""
    if flywheel.path.is_dir():
        files = sorted(file for pattern in COPIED for file in flywheel.path.glob(pattern))
        return {file.name: file.read_text(encoding="utf-8") for file in files}, (), {}
    own, losses, names = own_model(flywheel.model, HOME if _homeless(flywheel.model) else "", flat=True)
    found, more = _Folder(own, name, flywheel.title).files()
    return found, (*losses, *more), names


def _homeless(model: Model) -> bool:
    return any(v.kind != "constant" and not v.subsystem for v in model.variables)


class _Folder:
    def __init__(self, model: Model, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.losses: list[Loss] = []
        variables = tuple(self._constant(v) if v.kind == "constant" else v for v in model.variables)
        self.model = replace(model, variables=variables)
        titles = {room.name: room for room in model.subsystems}
        used = dict.fromkeys(v.subsystem for v in variables if v.subsystem)
        self.rooms = [titles.get(room, Subsystem(room, room.replace("_", " ").capitalize())) for room in used]

    def files(self) -> tuple[dict[str, str], tuple[Loss, ...]]:
        found = {"flywheel.toml": "\n".join(self._top()) + "\n"}
        for room in self.rooms:
            variables = [v for v in self.model.variables if v.subsystem == room.name and v.kind != "constant"]
            head = f'subsystem {room.name} "{room.title}"' + (f"\n  ; {room.reason}" if room.reason else "")
            found[f"{room.name}.putar"] = "\n\n".join([head, *map(variable_text, variables)]) + "\n"
        found["parameters.toml"] = "\n".join(self._parameters())
        found["facts.csv"], found["series.csv"] = FACTS, SERIES
        found["README.md"] = (
            f"# {self.title or self.name}\n\nWhat it says, what it does not, its known limits.\n"
        )
        return found, tuple(self.losses)

    def _constant(self, variable: Variable) -> Variable:
        """Return a constant with a unit, a status and a reason, as a folder wants them."""

        def told(parameter: Parameter) -> Parameter:
            status, reason = parameter.status or "assumed", parameter.reason or variable.reason
            if status in NEED_FACTS:
                cited = ", ".join(parameter.facts)
                what, why = f"the status {status} and its facts {cited}", "the facts themselves are not there"
                self.losses.append(Loss(what, variable.name, why))
                reason, status = f"{reason} ({status} from {cited})".strip(), "assumed"
            return replace(
                parameter, status=status, reason=reason or "As in the model this began with.", facts=()
            )

        return replace(
            variable,
            unit=variable.unit or "dmnl",
            parameter=None if variable.parameter is None else told(variable.parameter),
            element_parameters=tuple((e, told(p)) for e, p in variable.element_parameters),
        )

    # flywheel.toml ------------------------------------------------------------------------

    def _top(self) -> Iterator[str]:
        time = self.model.time
        yield f"name = {quoted(self.name)}"
        yield f"title = {quoted(self.title or self.name)}"
        yield 'question = "What should this model answer?"'
        yield "\n[time]"
        yield f"start = {number_text(time.start)}"
        yield f"stop = {number_text(time.stop)}"
        yield f"step = {number_text(time.step)}"
        yield f"unit = {quoted(time.unit)}"
        yield f"method = {quoted(time.method)}"
        if time.save is not None:
            yield f"save = {number_text(time.save)}"
        if self.model.units:
            yield "\n[units]"
            for unit in self.model.units:
                yield f"{quoted(unit.name)} = {quoted(unit.definition or 'base')}"
        if self.model.dimensions:
            yield "\n[dimensions]"
            for dimension in self.model.dimensions:
                yield f"{quoted(dimension.name)} = [{', '.join(map(quoted, dimension.elements))}]"
        for room in self.rooms:
            yield f"\n[[subsystem]]\nname = {quoted(room.name)}\ntitle = {quoted(room.title or room.name)}"
        yield from self._headlines()
        for link in self.model.links:
            yield f"\n[[link]]\nid = {quoted(link.id)}\ntitle = {quoted(link.title or link.id)}"
            yield f'from = {quoted(link.source)}\nto = {quoted(link.target)}\nborder = "inside"'
            yield 'integrated = "as the equations say where the switch is 1"'
            yield 'arms_length = "as the equations say where the switch is 0"'

    def _headlines(self) -> Iterator[str]:
        for shown in default_headlines(self.model):
            yield f"\n[[headline]]\nvariable = {quoted(shown.variable)}\nlabel = {quoted(shown.label)}"

    # parameters.toml ----------------------------------------------------------------------

    def _parameters(self) -> Iterator[str]:
        yield "# Every number: value, unit, where it is from, and why.\n"
        for variable in self.model.variables:
            if variable.kind != "constant":
                continue
            for elements in self.model.element_tuples(variable):
                given = dict(variable.element_parameters).get(elements, variable.parameter)
                if given is not None:
                    yield from self._parameter(variable, elements, given)

    def _parameter(
        self, variable: Variable, elements: tuple[str, ...], parameter: Parameter
    ) -> Iterator[str]:
        short = element_name(variable.short, elements)
        key = short if re.fullmatch(r"[A-Za-z0-9_-]+", short) else quoted(short)
        yield f"[{variable.subsystem}.{key}]" if variable.subsystem else f"[{key}]"
        yield f"value = {number_text(parameter.value)}"
        if parameter.fitted is not None:
            yield f"fitted = {number_text(parameter.fitted)}"
        yield f"unit = {quoted(variable.unit)}"
        if parameter.low is not None and parameter.high is not None:
            yield f"range = [{number_text(parameter.low)}, {number_text(parameter.high)}]"
        if (drawn := parameter.distribution) is not None:
            pairs = zip(FORMS[drawn.kind], drawn.numbers, strict=True)
            told = ", ".join(f"{key} = {number_text(value)}" for key, value in pairs)
            yield f"distribution = {{ kind = {quoted(drawn.kind)}, {told} }}"
        yield f"status = {quoted(parameter.status or 'assumed')}"
        yield f"reason = {quoted(parameter.reason)}\n"


def quoted(text: str) -> str:
    """Return a text as TOML has it."""
    return json.dumps(text, ensure_ascii=False)
