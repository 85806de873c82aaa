"""`tongguan serve`: the database, the API and the worker of one data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongguan.cli.supervisor import Supervisor, wait_until_ready
from tongguan.core.database import Database
from tongguan.core.settings import Settings, load_settings
from tongguan.people.interface import first_start_link


def command(
    data: Annotated[Path | None, typer.Option(help="Data folder (TONGGUAN_DATA_DIR).")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (TONGGUAN_BIND_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for a free one (TONGGUAN_BIND_PORT).")] = None,
    worker: Annotated[bool, typer.Option(help="Run the worker beside the API.")] = True,
) -> None:
    """Run the server until Ctrl-C. The first start prints a one-time link that makes the owner.

    Example: tongguan serve --data /srv/tongguan --port 8000
    """
    overrides = {"data_dir": data, "bind_host": host, "bind_port": port}
    settings = load_settings(**{key: value for key, value in overrides.items() if value is not None})
    supervisor = Supervisor(settings, workers=worker)
    try:
        supervisor.prepare()
        supervisor.start()
        announce_when_ready(settings, supervisor.app_url)
        supervisor.run()
    finally:
        supervisor.close()


def announce_when_ready(settings: Settings, app_url: str, longest: float = 600) -> bool:
    """Prints the address once the API answers. A slow machine may take minutes, and without the link nobody gets in."""
    ready = wait_until_ready(settings)
    if not ready:
        typer.echo("The API has not answered for 30 seconds; still waiting. The log says what it does.", err=True)
        ready = wait_until_ready(settings, longest)
    if ready:
        announce(settings, app_url)
    else:
        typer.echo("The API does not answer; the log above says why.", err=True)
    return ready


def announce(settings: Settings, app_url: str) -> None:
    """Prints the address, and the first start's link."""
    typer.echo(f"Tongguan 通关 is ready: {settings.address}")
    database = Database.connect(app_url, pool_size=1)
    try:
        link = first_start_link(database, settings)
    finally:
        database.dispose()
    if link:
        typer.echo(f"First start. Open this link once to become the owner:\n  {link}")
