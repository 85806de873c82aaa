"""A real installation whose processes may be killed and started again, with a small project in it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from alembic.script import ScriptDirectory
from psycopg import sql

from tests.collect.pictures import folder_of
from tongguan.cli.simulation.site import Site
from tongguan.core import embedded
from tongguan.core.provision import alembic_config

PROGRAM = str(Path(sys.executable).with_name("tongguan"))
PASSWORD = "plates are steel"
LABEL_SET = [
    {
        "key": key,
        "kind": "box",
        "name": {"zh": key, "en": key},
        "color": color,
        "hotkey": hotkey,
        "definition": {"zh": key, "en": key},
    }
    for key, color, hotkey in (("scratches", "#ffb000", "1"), ("patches", "#00b0ff", "2"))
]


def until(check: Callable[[], Any], seconds: float = 60, what: str = "it") -> Any:
    """Waits until something is so, and gives it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s")


@dataclass
class Installation:
    """`tongguan serve` on one data folder and one port, over several lives."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    port: int = 0
    link: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **more: str) -> dict[str, str]:
        """The environment of its programs."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("TONGGUAN_")}
        fixed = {"TONGGUAN_DATA_DIR": str(self.data), "TONGGUAN_LOG_LEVEL": "WARNING"}
        return {**clean, **fixed, "TONGGUAN_IMPORT_ROOTS": str(self.folder), **self.environment, **more}

    def start(self, **more: str) -> None:
        """Starts it and waits for its first answer."""
        self.port = self.port or _free_port()
        log = self.folder / "server.log"
        command = [PROGRAM, "serve", "--port", str(self.port), *self.words]
        begin = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=self.settings(**more))
        text = until(lambda: self._announced(log, begin), 120, "the start of the server")
        if first := re.search(r"become the owner:\s+(\S+)", text):
            self.link = first[1]

    def _announced(self, log: Path, begin: int) -> str:
        text = log.read_bytes()[begin:].decode("utf-8", "replace")
        assert self.process is not None
        assert self.process.poll() is None, text[-3000:]
        # The link follows in the same breath; a first start has printed it when the next line is there.
        said = "is ready: " in text and (self.link or "become the owner:" in text)
        return text if said else ""

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """One command of the program on this installation."""
        line = [PROGRAM, *words]
        return subprocess.run(line, env=self.settings(**more), capture_output=True, text=True, check=False, timeout=120)

    def child(self, name: str) -> psutil.Process | None:
        """The process `api` or `worker`."""
        assert self.process is not None
        try:
            for process in psutil.Process(self.process.pid).children():
                if f"tongguan.{name}" in process.cmdline():
                    return process
        except psutil.Error:
            return None
        return None

    def postmaster(self) -> psutil.Process:
        """The main process of PostgreSQL."""
        text = (self.data / "postgres" / "postmaster.pid").read_text(encoding="utf-8")
        return psutil.Process(int(text.split("\n", 1)[0]))

    def kill(self, postgres: bool = False) -> None:
        """`kill -9` of the supervisor, the API and the worker, and of PostgreSQL where wanted."""
        assert self.process is not None
        victims = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        if postgres:
            main = self.postmaster()
            victims += [main, *main.children()]
        for victim in victims:
            try:
                victim.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.process.wait(20)

    def stop(self) -> None:
        """Ends it as Ctrl-C does; nothing of it runs on."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        try:
            self.postmaster().kill()
        except (OSError, psutil.Error):
            return

    def take_back(self, revision: str) -> str:
        """Makes a stopped installation one of the revision before; returns that. Tables of the newest revision go."""
        script = ScriptDirectory.from_config(alembic_config()).get_revision(revision)
        assert script is not None
        written = Path(script.path).read_text(encoding="utf-8")
        more = re.search(r"ALTER TABLE|FUNCTION|CREATE TRIGGER|op\.(?!execute)\w+", written)
        assert more is None, f"{revision} does more than make tables ({more}): take that back here too"
        server = embedded.start(self.data / "postgres")
        try:
            with psycopg.connect(server.superuser_url) as connection:
                for table in re.findall(r"CREATE TABLE (\w+)", written):
                    connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))
                connection.execute("UPDATE alembic_version SET version_num = %s", [script.down_revision])
        finally:
            server.stop()
        return str(script.down_revision)

    def ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows as PostgreSQL's superuser sees them."""
        text = (self.data / "postgres" / "postmaster.pid").read_text(encoding="utf-8")
        with psycopg.connect(host=text.split("\n")[4], user="postgres", dbname="tongguan") as connection:
            return connection.execute(query, values).fetchall()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def installation(folder: Path, *words: str, **environment: str) -> Iterator[Installation]:
    """A running installation in a folder (`words` go to `tongguan serve`); ended at the end."""
    folder.chmod(0o755)  # the database server runs as another user when the tests run as root
    made = Installation(folder, environment, words)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@dataclass
class Plant:
    """The project, and the people who are signed in."""

    home: Installation
    owner: Site
    project: str

    def annotators(self, count: int) -> list[Site]:
        """People who may label at once."""
        people = []
        for number in range(count):
            wish = {
                "email": f"a{number}@plant.example",
                "name": f"a{number}",
                "level": 2,
                "projects": [{"project_id": self.project.rpartition("/")[2], "roles": ["annotator"]}],
            }
            link = self.owner.post("/api/v1/org/invitations", wish)["link"]
            person = Site(self.home.address, link, f"a{number}", password=PASSWORD)
            body = {"person_id": person.person_id, "reason": "Known from another line"}
            self.owner.post(f"{self.project}/qualifications/grant", body)
            people.append(person)
        return people

    def begin_import(self, folder: Path, name: str) -> dict[str, Any]:
        """Asks for the import of a folder."""
        wish = {"source": "folder", "location": str(folder), "name": name, "licence": "own", "consent": "given"}
        batch: dict[str, Any] = self.owner.post(
            f"{self.project}/batches", {**wish, "group_rule": r"pattern:^(plate-\d+)"}
        )
        return batch

    def batch(self, batch_id: str) -> dict[str, Any]:
        """A batch as it is now."""
        found: dict[str, Any] = self.owner.get(f"{self.project}/batches/{batch_id}")
        return found

    def finish_import(self, batch_id: str, seconds: float = 90) -> dict[str, Any]:
        """Waits for the end of an import."""

        def ended() -> dict[str, Any] | None:
            batch = self.batch(batch_id)
            return batch if batch["state"] in ("done", "failed", "cancelled") else None

        batch: dict[str, Any] = until(ended, seconds, "the end of the import")
        return batch


def plant(home: Installation) -> Plant:
    """The owner with an empty project that has rules."""
    details = {"email": "owner@plant.example", "password": PASSWORD, "organization": "一号轧线"}
    owner = Site(home.address, home.link, "马厂长", **details)
    made = owner.post("/api/v1/projects", {"name": "钢板缺陷"})
    project = f"/api/v1/projects/{made['id']}"
    content = {"label_set": LABEL_SET, "guideline": "", "checks": {}, "examples": []}
    owner.post(f"{project}/rules/draft", {"content": content})
    owner.post(f"{project}/rules/publish", {"note": "first"})
    return Plant(home, owner, project)


def stocked(home: Installation, pictures: int) -> Plant:
    """The same with pictures imported and tasks made."""
    made = plant(home)
    folder = folder_of(home.folder / "in", pictures)
    batch = made.begin_import(folder, "first")
    assert made.finish_import(batch["id"])["state"] == "done"
    made.owner.post(f"{made.project}/tasks/create", {})
    return made


__all__ = ["PASSWORD", "Installation", "Plant", "installation", "plant", "stocked", "until"]
