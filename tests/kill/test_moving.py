"""Backup while the server runs, a copy that answers the same, the backup before a migration, doctor, link, proxy."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kill.server import PASSWORD, Installation, Plant, installation, plant
from tests.kill.test_between_steps import draw

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.timeout(600)]
PUBLIC = "https://label.example.com"


@dataclass
class Moved:
    """An installation with a frozen version, its backup, and a restored copy that is not running yet."""

    made: Plant
    backup: Path
    copy: Installation


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """The backup is made and restored while the original runs."""
    folder = tmp_path_factory.mktemp("original")
    with installation(folder) as home:
        draw(folder / "in")
        made = plant(home)
        freeze(made)
        backup = folder / "backup.tar"
        done = home.command("backup", str(backup), "--json")
        assert done.returncode == 0, done.stderr
        place = tmp_path_factory.mktemp("copy")
        place.chmod(0o755)
        copy = Installation(place, link="known")
        restored = copy.command("restore", str(backup))
        assert restored.returncode == 0, restored.stderr
        try:
            yield Moved(made, backup, copy)
        finally:
            copy.stop()


def freeze(made: Plant) -> None:
    """Imports labelled pictures, takes the labels as accepted, freezes them, exports them."""
    batch = made.begin_import(made.home.folder / "in", "labelled")
    assert made.finish_import(batch["id"])["state"] == "done"
    mapping = {"scratches": "scratches", "patches": "patches"}
    job = made.owner.put(
        f"{made.project}/label-mapping", {"batch_id": batch["id"], "mapping": mapping, "use": "accepted"}
    )
    made.owner.wait_for_job(made.project, job["job_id"])
    version = made.owner.post(f"{made.project}/dataset-versions", {"note": "first"})
    made.owner.wait_for_job(made.project, version["job_id"])


def answers(made: Plant, address: str) -> dict[str, Any]:
    """What an installation answers to the owner's session: the same session on both."""
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in made.owner.http.cookies.items())}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as http:

        def get(path: str) -> Any:
            answer = http.get(f"{made.project}/{path}")
            assert answer.status_code == 200, answer.text
            return answer.json()

        items = get("items?limit=200")["items"]
        pictures = {item["name"]: hashlib.sha256(http.get(item["image_url"]).content).hexdigest() for item in items}
        version = get("dataset-versions/1")
        return {
            "pictures": pictures,
            "items": [
                {key: value for key, value in item.items() if not key.endswith("_url") and key != "next"}
                for item in items
            ],
            "annotations": [
                get(f"annotations/{row['id']}")["revisions"] for row in get("annotations?limit=200")["items"]
            ],
            "manifest": version["manifest_hash"],
            "entries": get("dataset-versions/1/entries")["items"],
            "rules": get("rules")["current"],
        }


def test_the_copy_answers_the_same(moved: Moved) -> None:
    original = answers(moved.made, moved.made.home.address)
    assert len(original["pictures"]) == 24
    assert original["annotations"]
    moved.copy.start()
    try:
        assert answers(moved.made, moved.copy.address) == original
        body = {"email": "owner@plant.example", "password": PASSWORD}
        assert httpx.post(f"{moved.copy.address}/api/v1/auth/login", json=body, timeout=60).status_code == 204
        wrong = {**body, "password": "something else"}
        assert httpx.post(f"{moved.copy.address}/api/v1/auth/login", json=wrong, timeout=60).status_code == 401
    finally:
        moved.copy.stop()


def test_behind_a_proxy_after_a_migration_with_a_lost_link(moved: Moved) -> None:
    """The copy is set back by one revision: the next start makes a backup first. It runs behind a TLS proxy."""
    moved.copy.start()
    head = moved.copy.ask("SELECT version_num FROM alembic_version")[0][0]
    moved.copy.stop()
    before = moved.copy.take_back(head)
    proxy = {"TONGGUAN_PUBLIC_URL": PUBLIC, "TONGGUAN_TRUSTED_PROXIES": "127.0.0.1"}
    moved.copy.start(**proxy)
    try:
        made = list((moved.copy.data / "backups").glob(f"before-{before}-*.tar"))
        assert len(made) == 1
        with tarfile.open(made[0]) as tar:
            assert {"database.dump", "manifest.json"} <= set(tar.getnames())
        assert moved.copy.ask("SELECT version_num FROM alembic_version")[0][0] == head
        told = json.loads(moved.copy.command("link", "--json", **proxy).stdout)
        link = told["links"][0]["link"]
        assert told["links"][0]["email"] == "owner@plant.example"
        assert link.startswith(f"{PUBLIC}/link#")
        sign_in_behind_the_proxy(moved.copy.address, link)
        healthy = json.loads(moved.copy.command("doctor", "--json").stdout)
        states = {check["check"]: check["state"] for check in healthy["checks"]}
        assert states["database"] == states["backup role"] == states["application role"] == "ok", healthy
    finally:
        moved.copy.stop()


def sign_in_behind_the_proxy(address: str, link: str) -> None:
    """As the proxy passes it on: the cookie is for TLS only, the address is the person's."""
    forwarded = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
    with httpx.Client(base_url=address, headers=forwarded, timeout=60) as http:
        answer = http.post("/api/v1/auth/link", json={"token": link.partition("#")[2]})
        assert answer.status_code == 204, answer.text
        cookies = answer.headers.get_list("set-cookie")
        assert cookies
        assert all("secure" in cookie.lower() for cookie in cookies)
        headers = {"cookie": "; ".join(cookie.split(";", 1)[0] for cookie in cookies)}
        sessions = http.get("/api/v1/me/sessions", headers=headers).json()
        assert "203.0.113.7" in json.dumps(sessions)
        assert http.get("/metrics").status_code == 403
        again = http.post("/api/v1/auth/link", json={"token": link.partition("#")[2]})
        assert again.status_code in (404, 409, 410), "a link works once"


def test_broken_backups_and_installations_are_told_in_words(moved: Moved, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    cut = tmp_path / "cut.tar"
    cut.write_bytes(moved.backup.read_bytes()[: moved.backup.stat().st_size // 2])
    empty = Installation(tmp_path)
    refused = empty.command("restore", str(cut))
    assert refused.returncode == 1
    assert "not a whole backup" in refused.stderr
    assert "Traceback" not in refused.stderr
    full = moved.made.home.command("restore", str(moved.backup))
    assert full.returncode == 1
    assert "restore into an empty folder" in full.stderr
    away = empty.command("doctor", "--json", TONGGUAN_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert away.returncode == 1
    checks = {check["check"]: check for check in json.loads(away.stdout)["checks"]}
    assert checks["database"]["state"] == "error"
    assert checks["database"]["remedy"]
    fresh = Installation(tmp_path / "nothing")
    assert json.loads(fresh.command("doctor", "--json").stdout)["checks"][2]["state"] == "warning"
