"""What the commands share: the options of a run, of a language and of JSON, and how an answer is printed.

Heavy imports stand inside the functions, as in `cli`.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from putar.words.catalogue import SOURCE, languages

if TYPE_CHECKING:
    from rich.console import Console

    from putar.language.model import Model
    from putar.study import Study
    from putar.words.said import Words

__all__ = [
    "asked_study",
    "console",
    "cut_options",
    "data_option",
    "emit",
    "json_option",
    "lang_option",
    "opened",
    "run_options",
    "scenario_option",
    "seed_option",
    "set_option",
    "spoken_words",
]

SHOWN_NOTES = 5
SPOKEN = "putar.language"  # where a command's context keeps the language of its answer


def lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the language of the answer."""
    option = click.option(
        "--lang",
        type=click.Choice(languages()),
        default=SOURCE,
        show_default=True,
        envvar="PUTAR_LANG",
        show_envvar=True,
        expose_value=False,
        callback=_speak,
        help="The language of the answer.",
    )
    return option(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add how the answer is printed: as one JSON document, always in English, or in a language."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(
        lang_option(command)
    )


def _speak(ctx: click.Context, _: click.Parameter, language: str) -> None:
    ctx.meta[SPOKEN] = language


def spoken_words(study: Study | None = None) -> Words:
    """Return the words of the language that the command is asked to answer in."""
    from putar.words.said import Words

    language = click.get_current_context().meta.get(SPOKEN, SOURCE)
    return Words(language, {} if study is None else study.flywheel.texts(language))


scenario_option = click.option(
    "--scenario", default="base", show_default=True, help="A scenario of the flywheel."
)
set_option = click.option(
    "--set", "settings", multiple=True, metavar="VAR=VALUE[@DATE]", help="Give a constant another value."
)
seed_option = click.option("--seed", default=0, show_default=True, help="Of the random draws.")

data_option = click.option(
    "--data", multiple=True, type=click.Path(path_type=Path), help="A file for data variables."
)


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what a run is asked to do."""
    join = click.option("--join", multiple=True, metavar="FEED", help="Feed a curve from another flywheel.")
    members = click.option(
        "--members", default=0, show_default=True, help="Runs with drawn constants; 0 for one run."
    )
    for option in (data_option, join, seed_option, members, set_option, scenario_option):
        command = option(command)
    return command


def cut_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add which links are put at arm's length, and from when."""
    since = click.option(
        "--cut-from", type=float, metavar="DATE", help="From when --cut holds; else the flywheel's now."
    )
    cut = click.option("--cut", multiple=True, metavar="LINK", help="Put a link at arm's length.")
    return cut(since(command))


def emit(document: Mapping[str, object]) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(_plain(document), ensure_ascii=False, allow_nan=False))


def _plain(value: object) -> object:
    """Return a value that JSON can hold: numbers that are not finite become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def opened(model: str, data: tuple[Path, ...] = (), join: tuple[str, ...] = ()) -> Study:
    """Open the model that a command names."""
    from putar.study import load

    study = load(model, data=data)
    return study.joined(*join) if join else study


def asked_study(
    model: str,
    scenario: str,
    settings: tuple[str, ...],
    join: tuple[str, ...] = (),
    data: tuple[Path, ...] = (),
) -> Study:
    """Open a model; warn on stderr of what its reader noted, and of values outside of their range."""
    study = opened(model, data, join)
    words = spoken_words(study)
    for severity, what, why in noted(study.model):
        key = "terminal.warned" if severity == "warning" else "terminal.noted"
        click.echo(words.say(key, what=what, why=why), err=True)
    for row in study.warnings(scenario, set=settings):
        what, why = words.told(row["what"]), words.told(row["why"])
        click.echo(words.say("terminal.warned", what=what, why=why), err=True)
    return study


def noted(model: Model) -> Iterator[tuple[str, str, str]]:
    """Yield what is doubtful of a model's times, and what its reader noted; of many notes the first few.

    Each with its severity, what it is, and what to do.
    """
    from putar.language.check import time_problems

    notes = [note for note in model.notes if note.severity != "warning"]
    kept = [note for note in (*time_problems(model), *model.notes) if note.severity == "warning"]
    kept += notes[:SHOWN_NOTES]
    for note in kept:
        yield note.severity, f"{note.where}: {note.what}" if note.where else note.what, note.fix
    if len(notes) > SHOWN_NOTES:
        yield "note", f"{len(notes) - SHOWN_NOTES} more notes on {model.name}", "putar check"


def console() -> Console:
    """Return where an answer for a person is printed."""
    from rich.console import Console

    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 110)
