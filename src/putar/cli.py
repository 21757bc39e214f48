"""The command line: words in, one question to a Study, an answer printed.

Every command takes a shipped name, a folder or a model file. `--json` prints one document and
nothing else; messages go to stderr. Exit codes: 0 done, 1 the answer is "no", 2 wrong use or input.
Heavy imports stand inside the commands, so that `putar --help` is quick.
"""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from putar.cli_options import (
    asked_study,
    console,
    cut_options,
    data_option,
    emit,
    json_option,
    lang_option,
    opened,
    run_options,
    scenario_option,
    seed_option,
    set_option,
    spoken_words,
)
from putar.errors import ModelErrors, PutarError, nearest
from putar.language.spelling import split_outside

if TYPE_CHECKING:
    from putar.errors import Problem
    from putar.study import Study

__all__ = ["main"]

COMMAND_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """The commands; an unknown one is answered with the nearest, a PutarError with its one message."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was asked for."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            near = nearest(args[0], self.commands)
            hint = f"did you mean {near!r}?" if near else f"one of: {', '.join(sorted(self.commands))}"
            raise click.UsageError(f"unknown command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; say a PutarError once, on stderr, and end with 2."""
        try:
            return super().invoke(ctx)
        except PutarError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(cls=Commands, context_settings=COMMAND_HELP)
@click.version_option(package_name="putar", message="putar %(version)s")
def main() -> None:
    """Flywheel stories as models that run, cite every number, and can be proved wrong.

    MODEL is a shipped name (see `putar list`), a flywheel's folder, or a model file: .putar, .mdl, .xmile,
    .stmx, .itmx.
    """


@main.command("list")
@click.argument("model", required=False)
@json_option
def list_command(model: str | None, as_json: bool) -> None:
    """List the shipped flywheels, or all names of MODEL that an option takes."""
    from putar.study import shipped_rows

    if model is not None:
        _list_names(opened(model), as_json)
        return

    rows = shipped_rows()
    if as_json:
        emit({"flywheels": rows})
        return
    from putar.flywheels.catalogue import find

    for row in rows:
        words = spoken_words()
        own = find(str(row["name"])).texts(words.language)
        click.echo(f"{row['name']}: {own.get(str(row['title']), row['title'])}")
        click.echo("    " + words.say("terminal.sizes", **row))


def _list_names(study: Study, as_json: bool) -> None:
    from putar.workbench.named import named

    if as_json:
        emit(named(study.flywheel))
    else:
        from putar.workbench.terminal_names import print_names

        print_names(console(), named(study.flywheel), spoken_words(study))


@main.command("run")
@click.argument("model")
@run_options
@cut_options
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where the page goes."
)
@click.option("--table", "table", metavar="NAME", help="Print one of the flywheel's tables instead.")
@click.option("--served", is_flag=True, hidden=True, help="Write the page that `putar serve` serves.")
@json_option
def run_command(
    model: str,
    scenario: str,
    settings: tuple[str, ...],
    members: int,
    seed: int,
    join: tuple[str, ...],
    data: tuple[Path, ...],
    cut: tuple[str, ...],
    cut_from: float | None,
    out: Path,
    table: str | None,
    served: bool,
    as_json: bool,
) -> None:
    """Run MODEL, answer its questions, and write a page that opens anywhere."""
    study = asked_study(model, scenario, settings, join, data)
    if table is not None:
        one = study.table(
            table, scenario, set=settings, cut=cut, cut_from=cut_from, members=members, seed=seed
        )
        finding = one.as_json()
        if as_json:
            emit(finding)
        else:
            from putar.workbench.terminal import print_table

            print_table(console(), finding["table"], spoken_words(study))  # type: ignore[arg-type]
        return
    from putar.workbench.page import write_page

    answer = study.answer(scenario, set=settings, cut=cut, cut_from=cut_from, members=members, seed=seed)
    page = write_page(answer.payload, out / f"{study.name}.html", spoken_words().language, served=served)
    answer = answer.with_files((str(page),))
    if as_json:
        emit(answer.contract)
    else:
        from putar.workbench.terminal import print_answer

        print_answer(console(), answer.payload, spoken_words(study))
    if answer.base.failures:
        _answer_no()


@main.command("simulate")
@click.argument("model")
@run_options
@cut_options
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A .csv, .nc, .parquet or .zarr."
)
@click.option("--variables", multiple=True, metavar="NAME", help="Keep only these; commas or several times.")
@json_option
def simulate_command(
    model: str,
    scenario: str,
    settings: tuple[str, ...],
    members: int,
    seed: int,
    join: tuple[str, ...],
    cut: tuple[str, ...],
    cut_from: float | None,
    output: Path | None,
    variables: tuple[str, ...],
    data: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Write the trajectory of MODEL: CSV on stdout, or a file by its suffix."""
    study = asked_study(model, scenario, settings, join, data)
    names = [name.strip() for text in variables for name in split_outside(text, ",") if name.strip()]
    run = study.run(
        scenario, set=settings, cut=cut, cut_from=cut_from, members=members, seed=seed, save=names or None
    )
    if not study.model.origin:
        run.ensemble.require_finished()
    for failure in run.ensemble.failures:
        click.echo(f"warning: {failure}", err=True)
    from putar.runs.store import as_document, write_csv, write_file

    if output is not None:
        write_file(run, output)
    if as_json:
        emit(as_document(run))
    elif output is None:
        write_csv(run, sys.stdout)


@main.command("check")
@click.argument("model")
@click.option("--audit", is_flag=True, help="Ask, too, whether the story closes and what pushes it.")
@data_option
@json_option
def check_command(model: str, audit: bool, data: tuple[Path, ...], as_json: bool) -> None:
    """List all that is wrong or doubtful in MODEL, with places and fixes."""
    checks: list[dict[str, object]] = []
    try:
        study = opened(model, data)
        problems, name = study.check(), study.name
        if audit and not any(problem.severity == "error" for problem in problems):
            found = study.audit()
            problems = (*problems, *(check.problem() for check in found))
            checks = [check.row() for check in found]
    except ModelErrors as error:
        problems, name = error.problems, model
    if as_json:
        rows = [_problem_row(problem) for problem in problems]
        emit({"problems": rows, "audit": checks} if audit else {"problems": rows})
    else:
        from putar.workbench.terminal import print_problems

        rows = [{"severity": problem.severity, "text": str(problem)} for problem in problems]
        print_problems(console(), rows, name, spoken_words())
    if any(problem.severity == "error" for problem in problems):
        _answer_no()


def _problem_row(problem: Problem) -> dict[str, object]:
    where = problem.where
    return {
        "severity": problem.severity,
        "kind": problem.kind,
        "where": None
        if where is None
        else {"path": where.path, "line": where.line or 1, "column": where.column},
        "what": problem.what,
        "fix": problem.fix,
    }


def _answer_no() -> NoReturn:
    raise click.exceptions.Exit(1)


@main.command("claims")
@click.argument("model")
@scenario_option
@set_option
@cut_options
@click.option("--members", type=int, help="Runs for the claims about the model; each flywheel has a default.")
@seed_option
@json_option
def claims_command(
    model: str,
    scenario: str,
    settings: tuple[str, ...],
    cut: tuple[str, ...],
    cut_from: float | None,
    members: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Compute the verdict on every claim of MODEL's story.

    A scenario, settings and cuts are laid under every run that a claim needs; claims about facts alone do not
    feel them. MODEL may also be a .toml file of claims with its own units and facts, to check an article's
    arithmetic.
    """
    study = asked_study(model, scenario, settings)
    found = study.claims(members, seed, scenario=scenario, set=settings, cut=cut, cut_from=cut_from)
    findings = [finding.as_json() for finding in found]
    if as_json:
        emit({"claims": findings})
    else:
        from putar.workbench.terminal import print_claims

        print_claims(console(), findings, spoken_words(study))


@main.command("links")
@click.argument("model")
@click.option("--output", metavar="VAR@DATE", help="What is shared out; 'value' for the flywheel's value.")
@click.option("--from", "cut_from", type=float, metavar="DATE", help="From when links are at arm's length.")
@run_options
@json_option
def links_command(
    model: str,
    output: str | None,
    cut_from: float | None,
    scenario: str,
    settings: tuple[str, ...],
    members: int,
    seed: int,
    join: tuple[str, ...],
    data: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Share an output out over the links of MODEL, exactly, over all their combinations."""
    study = asked_study(model, scenario, settings, join, data)
    if output is None and cut_from is None:
        found = study.link_protocols(scenario, set=settings, members=members, seed=seed)
    else:
        one = study.links(
            output, cut_from=cut_from, scenario=scenario, set=settings, members=members, seed=seed
        )
        found = (one,)
    documents = [finding.as_json() for finding in found]
    if as_json:
        emit({**documents[0], "protocols": documents})
    else:
        from putar.workbench.terminal import print_links

        print_links(console(), documents, spoken_words(study))


@main.command("loops")
@click.argument("model")
@run_options
@cut_options
@json_option
def loops_command(
    model: str,
    scenario: str,
    settings: tuple[str, ...],
    members: int,
    seed: int,
    join: tuple[str, ...],
    data: tuple[Path, ...],
    cut: tuple[str, ...],
    cut_from: float | None,
    as_json: bool,
) -> None:
    """Say which feedback loops drive MODEL and when, and whether its wheel spins up by itself."""
    study = asked_study(model, scenario, settings, join, data)
    found = study.loops(scenario, set=settings, cut=cut, cut_from=cut_from, members=members, seed=seed)
    if as_json:
        emit(found.as_json())
    else:
        from putar.workbench.terminal_loops import print_loops

        print_loops(console(), found.as_json(), spoken_words(study))


@main.command("moat")
@click.argument("flywheel")
@scenario_option
@set_option
@json_option
def moat_command(flywheel: str, scenario: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Say what each rival of FLYWHEEL lacks, how long and dear the way is, and what is out of reach."""
    study = asked_study(flywheel, scenario, settings)
    document = study.moat(scenario, set=settings).as_json()
    if as_json:
        emit(document)
    else:
        from putar.workbench.terminal import print_moat

        print_moat(console(), document, spoken_words(study))


@main.command("sensitivity")
@click.argument("model")
@click.option("--output", metavar="VAR@DATE", help="What is asked about; 'value' for the flywheel's value.")
@scenario_option
@set_option
@click.option("--members", default=1000, show_default=True, help="Draws of all constants together.")
@seed_option
@data_option
@json_option
def sensitivity_command(
    model: str,
    output: str | None,
    scenario: str,
    settings: tuple[str, ...],
    members: int,
    seed: int,
    data: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Say how an output of MODEL spreads over draws, and which constants drive it."""
    study = asked_study(model, scenario, settings, data=data)
    found = study.sensitivity(output, scenario=scenario, set=settings, members=members, seed=seed).as_json()
    if as_json:
        emit(found)
    else:
        from putar.workbench.terminal import print_drivers

        print_drivers(console(), found, spoken_words(study))


@main.command("convert")
@click.argument("source", metavar="IN")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--scenario", default="base", show_default=True, help="Becomes a part of the equations.")
@click.option(
    "--set", "settings", multiple=True, metavar="VAR=VALUE[@DATE]", help="Give a constant another value."
)
@cut_options
@data_option
@click.option("--force", is_flag=True, help="Write over what is there.")
@json_option
def convert_command(
    source: str,
    out: Path,
    scenario: str,
    settings: tuple[str, ...],
    cut: tuple[str, ...],
    cut_from: float | None,
    data: tuple[Path, ...],
    force: bool,
    as_json: bool,
) -> None:
    """Write the model IN as OUT, in the form that OUT's suffix names, and list what could not be said.

    IN is a shipped name, a flywheel's folder or a model file. OUT ends in .putar, .xmile, .stmx or .mdl;
    without a suffix it is a flywheel's folder, as the start of one's own.
    """
    study = opened(source, data)
    done = study.write(out, scenario, set=settings, cut=cut, cut_from=cut_from, force=force)
    if as_json:
        emit(done.as_json())
        return
    words = spoken_words()
    for loss in done.losses:
        click.echo(words.say("terminal.not_said", loss=loss), err=True)
    for file in done.files:
        click.echo(words.say("terminal.wrote", file=file))


@main.command("new")
@click.argument("name", type=click.Path(path_type=Path))
@json_option
def new_command(name: Path, as_json: bool) -> None:
    """Start a flywheel of one's own: a small folder NAME that works, with a comment at every step."""
    from putar.flywheels.beginning import begin

    made = begin(name)
    if as_json:
        emit({"files": list(made)})
        return
    words = spoken_words()
    for file in made:
        click.echo(words.say("terminal.wrote", file=file))
    click.echo(words.say("terminal.then", check=f"putar check {name}", run=f"putar run {name}"))


@main.command("serve")
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8321,
    show_default=True,
    help="Of 127.0.0.1; 0 for any that is free.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(1.0, 86_400.0),
    default=60.0,
    show_default=True,
    help="The most that one question may take.",
)
@click.option(
    "--members",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="The most that one question may draw.",
)
@lang_option
def serve_command(models: tuple[str, ...], port: int, seconds: float, members: int) -> None:
    """Serve the pages of all flywheels, and of each MODEL, on this machine, and answer their questions."""
    from putar.errors import UsageError

    try:
        from putar.workbench.server import serve
    except ImportError as error:
        raise UsageError(f"putar serve needs {error.name}", 'pip install "putar[server]"') from None
    from putar.workbench.serve_questions import Limits

    if math.isnan(seconds):  # which click's ranges let through
        raise UsageError("--seconds is no number", "the most that one question may take, such as 60")
    limits = Limits(members=members, seconds=seconds)
    words = spoken_words()
    serve(models, port, limits, lambda address: click.echo(words.say("terminal.serving", address=address)))
