"""The entry of the program: a table of commands; each module is loaded when its command is used."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import Annotated

import typer

from tongguan import __version__
from tongguan.cli import ahead
from tongguan.core.errors import TongguanError

# name -> module that offers `command`, and the line that `tongguan --help` shows
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("tongguan.cli.serve", "Run the server: database, API, worker."),
    "demo": ("tongguan.cli.demo", "A steel-plate project to look at, with people, labels, pay and a model."),
    "convert": ("tongguan.cli.convert", "Convert labels between formats, saying what is left out."),
    "inspect": ("tongguan.cli.inspect_", "Check a folder or archive as the data gate does."),
    "train": ("tongguan.cli.train", "Train a model from labelled data."),
    "study": ("tongguan.cli.study", "Search for good training parameters."),
    "evaluate": ("tongguan.cli.evaluate", "Measure a trained model on labelled data."),
    "predict": ("tongguan.cli.predict", "Labels of a trained model for files."),
    "watch": ("tongguan.cli.watch", "Send a line camera's pictures to a deployment."),
    "aggregate": ("tongguan.cli.aggregate", "Merge many people's answers into one."),
    "acceptance-plan": ("tongguan.cli.acceptance_plan", "The sampling plan of GB/T 2828.1 for a lot."),
    "payslip": ("tongguan.cli.payslip", "Recompute payslips from rates and work."),
    "backup": ("tongguan.cli.backup", "Write database, bytes and keys into one file."),
    "restore": ("tongguan.cli.restore", "Restore a backup into an empty data folder."),
    "doctor": ("tongguan.cli.doctor", "Look at the installation and say what is missing."),
    "link": ("tongguan.cli.link", "Print a one-time sign-in link for an owner who lost it."),
}
SERVERS = ("serve", "demo")


def build(wanted: str | None) -> typer.Typer:
    """The program with its commands; only the wanted one is imported, so that every start is quick."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Tongguan 通关: from raw data to a model that holds up on the line, gate by gate.",
    )
    app.callback()(_program)
    for name, (module, words) in COMMANDS.items():
        if importlib.util.find_spec(module) is None:
            continue
        function = importlib.import_module(module).command if name == wanted else _not_loaded
        app.command(name=name, short_help=words, help=None if name == wanted else words)(function)
    return app


def _not_loaded() -> None:
    """Stands for a command that this run does not use."""


def _version(on: bool) -> None:
    if on:
        typer.echo(__version__)
        raise typer.Exit


def _program(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="The version.")] = False,
) -> None:
    """Options of the program itself."""
    del version


def spread(words: list[str]) -> list[str]:
    """`--set a=1 b=2` means `--set a=1 --set b=2`: settings may follow each other after one option."""
    out: list[str] = []
    for at, word in enumerate(words):
        after = out[-2:-1] == ["--set"] and at > 0
        if after and "=" in word and not word.startswith("-") and "/" not in word.partition("=")[0]:
            out.append("--set")
        out.append(word)
    return out


def main() -> None:
    """Runs the program; expected errors are words on stderr and exit code 1, never a traceback."""
    sys.argv[1:] = spread(sys.argv[1:])
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    if wanted in SERVERS:
        ahead.start(sys.argv[1:])
    try:
        build(wanted)()
    except TongguanError as error:
        typer.echo(f"{error.message} [{error.code}]", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        if os.environ.get("TONGGUAN_DEBUG"):
            raise
        typer.echo(_words(error), err=True)
        sys.exit(1)


def _words(error: Exception) -> str:
    """Words for an error that no command expected."""
    # SQLAlchemy is slow to import, and only commands that need the database have imported it.
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.OperationalError):
        return f"The database is not reachable: {error.orig}"
    return f"Stopped by {type(error).__name__}: {str(error)[:500]}. TONGGUAN_DEBUG=1 shows where."


if __name__ == "__main__":
    main()
