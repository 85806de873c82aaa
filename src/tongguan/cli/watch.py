"""`tongguan watch`: sends the pictures that a line camera writes into a folder."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote, urlsplit

import orjson
import typer

from tongguan.catalog.media.image.probe import SUFFIXES
from tongguan.cli import output
from tongguan.core.errors import TongguanError

NOTES = ".tongguan-sent.jsonl"
LOOK_EVERY = 0.5
LONGEST_PAUSE = 30.0
# A file is taken when it has not changed since the last look: cameras write slowly.
Seen = tuple[int, int]
Post = Callable[[str, bytes, str], tuple[int, dict[str, Any]]]


class Notes:
    """What was sent, a line each, flushed to the disk before the next picture: a killed watcher goes on from there."""

    def __init__(self, file: Path) -> None:
        self._done: set[tuple[str, int, int]] = set()
        known = file.read_bytes() if file.exists() else b""
        for line in known.splitlines():
            try:
                one = orjson.loads(line)
                self._done.add((one["file"], one["size"], one["mtime_ns"]))
            except (orjson.JSONDecodeError, KeyError, TypeError):
                continue  # the line that a kill cut off: its picture is sent again and known by its key
        self._out: BinaryIO = file.open("ab")
        if known and not known.endswith(b"\n"):
            self._out.write(b"\n")

    def holds(self, name: str, seen: Seen) -> bool:
        """Whether this file, as it is now, was sent."""
        return (name, *seen) in self._done

    def add(self, name: str, seen: Seen, facts: dict[str, Any]) -> None:
        """Notes a sent file."""
        line = orjson.dumps({"file": name, "size": seen[0], "mtime_ns": seen[1], **facts})
        self._out.write(line + b"\n")
        self._out.flush()
        os.fsync(self._out.fileno())
        self._done.add((name, *seen))


def command(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder into which the camera writes.")],
    url: Annotated[str, typer.Option(help="Address of the deployment: https://host/api/v1/deployments/ID.")],
    token: Annotated[str, typer.Option(envvar="TONGGUAN_DEVICE_TOKEN", help="Token of the device.")],
    once: Annotated[bool, typer.Option(help="Send what is there, then end.")] = False,
    notes: Annotated[Path | None, typer.Option(help=f"File of what was sent; else FOLDER/{NOTES}.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a picture on stdout.")] = False,
) -> None:
    """Send new pictures of a folder to a deployment, in order of time. Nothing is moved; what was sent is noted.

    Example: TONGGUAN_DEVICE_TOKEN=tgd_… tongguan watch /data/cam --url https://HOST/api/v1/deployments/ID
    """
    if urlsplit(url).scheme not in ("http", "https"):
        output.stop("the address must begin with http:// or https://", output.BAD_USAGE, json)
    for name, answer in work(folder, Notes(notes or folder / NOTES), poster(url, token), once):
        facts = {"item": name, "verdict": answer["verdict"], "reason": answer["reason"]}
        if json:
            output.write_json({**facts, "prediction_id": answer["prediction_id"]})
        else:
            typer.echo(f"{name}: {facts['verdict']} {facts['reason']}".rstrip())


def work(folder: Path, notes: Notes, post: Post, once: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Sends file after file; gives name and answer of each. TongguanError where asking again is of no use."""
    before: dict[str, Seen] = {}
    while True:
        now_there = dict(_look(folder))
        for name, seen in sorted(now_there.items(), key=lambda one: (one[1][1], one[0])):
            if before.get(name) == seen and not notes.holds(name, seen):
                yield from _send(folder, name, seen, notes, post)
        if once and before == now_there:
            return
        before = now_there
        time.sleep(LOOK_EVERY)


def _look(folder: Path) -> Iterator[tuple[str, Seen]]:
    for place, _, files in os.walk(folder):
        for file in files:
            path = Path(place, file)
            if path.suffix.lower() in SUFFIXES and not file.startswith("."):
                try:
                    facts = path.stat()
                except FileNotFoundError:
                    continue
                yield path.relative_to(folder).as_posix(), (facts.st_size, facts.st_mtime_ns)


def _send(folder: Path, name: str, seen: Seen, notes: Notes, post: Post) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        return
    digest = hashlib.sha256(content).hexdigest()
    key = hashlib.sha256(f"{name}\n{seen[1]}\n{digest}".encode()).hexdigest()
    pause = LOOK_EVERY
    while True:
        status, answer = post(name, content, key)
        if status == 200:
            notes.add(
                name, seen, {"sha256": digest, "prediction_id": answer["prediction_id"], "verdict": answer["verdict"]}
            )
            yield name, answer
            return
        if status in (413, 422):  # this file never works; the next one may
            notes.add(name, seen, {"sha256": digest, "error": answer.get("code", status)})
            typer.echo(f"{name}: {answer.get('message', status)}", err=True)
            return
        if status in (401, 403, 404, 410):
            raise TongguanError(str(answer.get("code", status)), str(answer.get("message", status)))
        typer.echo(f"{name}: {answer.get('message', 'no answer')}; again in {pause:.0f} s", err=True)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def poster(url: str, token: str) -> Post:
    """Asks the deployment at an address; status 0 where nobody answers."""

    def post(name: str, content: bytes, key: str) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Bearer {token}", "content-type": "image/*", "idempotency-key": key}
        address = f"{url.rstrip('/')}/predict?name={quote(name[-300:])}"
        request = urllib.request.Request(address, content, headers)  # noqa: S310 (the scheme was checked)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return 200, orjson.loads(answer.read())
        except urllib.error.HTTPError as error:
            try:
                return error.code, dict(orjson.loads(error.read()))
            except (orjson.JSONDecodeError, TypeError, ValueError):
                return error.code, {}
        except (OSError, http.client.HTTPException, orjson.JSONDecodeError) as error:
            return 0, {"message": str(error)[:200]}

    return post
