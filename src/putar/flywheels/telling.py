"""A flywheel's own texts: which of them readers meet, and which of those its folder does not translate.

The translations stand in `<language>.po` beside flywheel.toml, by their English wording: titles, questions,
sentences of the story, what links and rooms are, known limits. What is missing is shown in English; `putar
check` counts it, and names translations of texts that are no longer there.
"""

from __future__ import annotations

from collections.abc import Iterator

from putar.errors import Problem, Where
from putar.flywheels.folder import Flywheel
from putar.flywheels.story import Story
from putar.words.catalogue import SOURCE, languages

__all__ = ["read_texts", "telling_problems"]

LISTED = 3


def read_texts(flywheel: Flywheel, story: Story) -> tuple[str, ...]:
    """Return the texts of a flywheel that readers meet first, each once, in the order of its files."""
    return tuple(dict.fromkeys(text for text in _texts(flywheel, story) if text))


def telling_problems(flywheel: Flywheel, story: Story) -> Iterator[Problem]:
    """Yield a note for each language that the folder has a file for: what it lacks, what nothing says."""
    for language in languages():
        file = flywheel.path / f"{language}.po"
        if language == SOURCE or not file.is_file():
            continue
        told = flywheel.texts(language)
        lacking = [text for text in read_texts(flywheel, story) if text not in told]
        if lacking:
            what = f"{len(lacking)} texts are not translated: {_some(lacking)}"
            yield Problem("note", "words", Where(str(file)), what, "add msgid and msgstr for each")
        known = {*read_texts(flywheel, story), *_labels(flywheel)}
        idle = [text for text in told if text not in known]
        if idle:
            what = f"{len(idle)} translations are of texts that the flywheel does not have: {_some(idle)}"
            yield Problem("note", "words", Where(str(file)), what, "correct the msgid, or remove the entry")


def _some(texts: list[str]) -> str:
    shown = "; ".join(repr(text if len(text) < 60 else f"{text[:57]}...") for text in texts[:LISTED])
    return shown if len(texts) <= LISTED else f"{shown} and others"


def _texts(flywheel: Flywheel, story: Story) -> Iterator[str]:
    about = flywheel.about
    yield from (flywheel.title, flywheel.question, about.purpose, about.boundary)
    yield from (*about.limits, *about.not_for)
    for room in flywheel.model.subsystems:
        yield from (room.title, room.reason)
    yield from (row.label for row in flywheel.headline)
    for link in flywheel.links:
        yield from (link.title, link.integrated, link.arms_length)
    yield from (protocol.label for protocol in flywheel.protocols)
    for scenario in flywheel.scenarios.values():
        yield scenario.title
    for view in flywheel.views:
        yield from (view.title, view.reason)
    yield from (lever.reason for lever in flywheel.levers)
    for loop in flywheel.loops:
        yield loop.name
    for table in flywheel.tables:
        yield table.title
        yield from (column.label for column in table.columns)
        yield from (axis.label for axis in table.axes)
        for target in table.targets:
            yield from (target.title, target.label)
    if flywheel.rivalry is not None:
        yield from flywheel.rivalry.actors.values()
        yield from (capability.title for capability in flywheel.rivalry.capabilities)
    if flywheel.valuation is not None:
        yield from (one.title for one in flywheel.valuation.stated)
    for claim in story.claims:
        yield from (claim.says, claim.why.strip())
        for check in claim.checks:
            yield from (check.says, check.needs)


def _labels(flywheel: Flywheel) -> Iterator[str]:
    """Yield what may be translated besides: names of variables and facts, reasons of numbers and loops."""
    for variable in flywheel.model.variables:
        yield from (variable.label, variable.reason, variable.short.replace("_", " "))
        numbers = (variable.parameter, *(parameter for _, parameter in variable.element_parameters))
        yield from (number.reason for number in numbers if number is not None)
        yield variable.short.removesuffix("_binds").replace("_", " ")
    for room in flywheel.model.subsystems:
        yield room.name.replace("_", " ")
    for link in flywheel.links:
        yield link.reason
    for loop in flywheel.loops:
        yield loop.reason
    for scenario in flywheel.scenarios.values():
        yield scenario.reason
    for fact in flywheel.facts.values():
        yield from (fact.quantity, fact.note)
