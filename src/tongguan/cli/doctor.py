"""`tongguan doctor`: what is missing, and what to do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from tongguan.core.doctor import examine
from tongguan.core.settings import load_settings


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder (TONGGUAN_DATA_DIR).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Look at the installation; exit code 1 when something is broken.

    Example: tongguan doctor --data /srv/tongguan
    """
    findings = examine(load_settings(**({"data_dir": data} if data else {})))
    broken = any(finding.state == "error" for finding in findings)
    if json:
        typer.echo(orjson.dumps({"ok": not broken, "checks": [asdict(finding) for finding in findings]}).decode())
    for finding in findings if not json else []:
        typer.echo(
            f"{finding.state:8} {finding.check}: {finding.detail}" + (f" → {finding.remedy}" if finding.remedy else "")
        )
    raise typer.Exit(1 if broken else 0)
