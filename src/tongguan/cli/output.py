"""What commands share on the way out: one JSON object on stdout, words on stderr, the exit code."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import orjson
import typer

WORK_FAILED = 1
BAD_USAGE = 2


def write_json(value: dict[str, Any]) -> None:
    """One JSON object and a line end on stdout; UTF-8 whatever the terminal's locale is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def stop(words: str, code: int, json: bool = False, **facts: Any) -> NoReturn:
    """Ends the command: words on stderr and, with `--json`, an object with `error` and the facts on stdout."""
    if json:
        write_json({"error": words, **facts})
    typer.echo(words, err=True)
    raise typer.Exit(code)


def readable(error: OSError) -> str:
    """Words for a file that can't be opened."""
    return f"{error.filename}: {error.strerror}"
