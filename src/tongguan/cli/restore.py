"""`tongguan restore`: a backup into an empty data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from tongguan.core import backup
from tongguan.core.settings import load_settings


def command(
    source: Annotated[Path, typer.Argument(help="The backup file.")],
    data: Annotated[Path | None, typer.Option(help="Empty data folder (TONGGUAN_DATA_DIR).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Restore a backup; afterwards `tongguan serve` answers as the original did.

    Example: tongguan restore /backups/2026-11-23.tar --data /srv/tongguan
    """
    settings = load_settings(**({"data_dir": data} if data else {}))
    facts = backup.restore(settings, source, lambda words: typer.echo(words, err=True))
    if json:
        typer.echo(orjson.dumps({"path": str(facts.path), "revision": facts.revision, "files": facts.files}).decode())
    else:
        typer.echo(f"Restored revision {facts.revision} with {facts.files} files into {settings.data_dir}")
