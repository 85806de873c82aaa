"""`tongguan demo`: a steel-plate project made by the project's own plate maker, in the middle of its life."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Annotated

import typer

from tongguan.cli.demo.story import Story, tell
from tongguan.cli.supervisor import Supervisor, wait_until_ready
from tongguan.core.database import Database
from tongguan.core.settings import Settings, load_settings
from tongguan.people.interface import first_start_link, owner_link

DONE = "demo-ready"


def command(
    data: Annotated[Path, typer.Option(help="Data folder of the demo.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(help="Port to listen on, 0 for a free one.")] = 8000,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    fresh: Annotated[bool, typer.Option(help="Throw an earlier demo away and start again.")] = False,
    plates: Annotated[int, typer.Option(help="Pictures to make.")] = 220,
    train: Annotated[bool, typer.Option(help="Train a small model behind the pages.")] = True,
) -> None:
    """Start a demo and print its address with one-time links for each role.

    Example: tongguan demo --port 8000
    """
    if fresh and (data / DONE).exists():
        shutil.rmtree(data)
    overrides = {"bind_host": host} if host else {}
    settings = load_settings(data_dir=data, bind_port=port, log_level="ERROR", log_json=False, **overrides)
    supervisor = Supervisor(settings)
    try:
        supervisor.prepare()
        supervisor.start()
        if not wait_until_ready(settings, 60):
            typer.echo("The API did not answer within 60 seconds.", err=True)
            raise typer.Exit(1)
        typer.echo(f"Tongguan 通关: {settings.address}")
        watcher = threading.Thread(target=_fill, args=(settings, supervisor, plates, train), daemon=True)
        watcher.start()
        supervisor.run()
    finally:
        supervisor.close()


def _fill(settings: Settings, supervisor: Supervisor, plates: int, train: bool) -> None:
    """Makes the project beside the running server, then prints the links."""
    database = Database.connect(supervisor.app_url, pool_size=2)
    marker = settings.data_dir / DONE
    try:
        if not marker.exists():
            typer.echo("Making plates, people, labels, reviews, a version and pay; this takes about a minute.")
            link = first_start_link(database, settings)
            if link is None:
                typer.echo(f"{settings.data_dir} holds an unfinished demo: run again with --fresh.", err=True)
                marker.touch()
            else:
                story = tell(settings, link, plates, train, lambda words: typer.echo(f"  {words}"))
                marker.write_text("\n".join(story.emails), encoding="utf-8")
        _print_links(database, settings, marker)
    except Exception as error:
        typer.echo(f"The demo could not be made: {error}", err=True)
        supervisor.stopping.set()
        raise
    finally:
        database.dispose()


def _print_links(database: Database, settings: Settings, marker: Path) -> None:
    typer.echo("One-time links (each signs one person in, once; run again for new ones):")
    for line in marker.read_text(encoding="utf-8").splitlines():
        role, _, email = line.partition(" ")
        for _, link in owner_link(database, settings, email):
            typer.echo(f"  {role:12} {link}")
    typer.echo("Ctrl-C ends the demo; its data stays in " + str(settings.data_dir))


__all__ = ["Story", "command"]
