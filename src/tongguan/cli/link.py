"""`tongguan link`: a sign-in link for an owner who lost it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from tongguan.core.provision import open_migrated
from tongguan.core.settings import load_settings
from tongguan.people.interface import first_start_link, owner_link


def command(
    email: Annotated[str | None, typer.Option(help="Only for this address; else for every owner.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder (TONGGUAN_DATA_DIR).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Print one-time links that sign an owner in (or make the first owner).

    Example: tongguan link --email chang@example.com
    """
    settings = load_settings(**({"data_dir": data} if data else {}))
    runtime = open_migrated(settings)
    try:
        first = first_start_link(runtime.database, settings)
        links = [("", first)] if first else owner_link(runtime.database, settings, email)
    finally:
        runtime.close()
    if json:
        typer.echo(orjson.dumps({"links": [{"email": who, "link": link} for who, link in links]}).decode())
    for who, link in links if not json else []:
        typer.echo(f"{who or 'first owner'}: {link}")
    if not links:
        typer.echo("Nobody has this address, or there is no active owner.", err=True)
        raise typer.Exit(1)
