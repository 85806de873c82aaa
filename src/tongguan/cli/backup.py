"""`tongguan backup`: database, bytes and keys in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from tongguan.core import backup
from tongguan.core.settings import load_settings


def command(
    target: Annotated[Path, typer.Argument(help="The file to write, for instance backup.tar.")],
    data: Annotated[Path | None, typer.Option(help="Data folder (TONGGUAN_DATA_DIR).")] = None,
    files: Annotated[bool, typer.Option(help="Include the bytes of items, exports and models.")] = True,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Write a backup; the server may run meanwhile.

    Example: tongguan backup /backups/2026-11-23.tar
    """
    settings = load_settings(**({"data_dir": data} if data else {}))
    facts = backup.backup(settings, target, lambda words: typer.echo(words, err=True), with_files=files)
    if json:
        typer.echo(orjson.dumps({"path": str(facts.path), "revision": facts.revision, "files": facts.files}).decode())
    else:
        typer.echo(f"{facts.path}: revision {facts.revision}, {facts.files} files, {facts.bytes / 2**20:.1f} MiB")
