"""A person at the public API: signs in by a one-time link and speaks JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

CHUNK = 4 << 20


class SiteError(RuntimeError):
    """The server refused; the text holds its code."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:400]}")
        self.status = answer.status_code
        body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        self.code = str(body.get("code", ""))


class Site:
    """One signed-in person. Calls give the answer's JSON and raise SiteError."""

    def __init__(self, address: str, link: str, name: str, **details: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=address, timeout=60, limits=httpx.Limits(max_connections=4))
        token = link.partition("#")[2]
        self._check(self.http.post("/api/v1/auth/link", json={"token": token, "name": name, **details}))
        self.http.headers["x-csrf-token"] = self.http.cookies["tg_csrf"]
        self.person_id = str(self.get("/api/v1/me")["person_id"])

    @classmethod
    def signed_in(cls, address: str, name: str, email: str, password: str) -> Site:
        """A person who joined earlier and signs in by password."""
        site = cls.__new__(cls)
        site.name = name
        site.http = httpx.Client(base_url=address, timeout=60, limits=httpx.Limits(max_connections=4))
        cls._check(site.http.post("/api/v1/auth/login", json={"email": email, "password": password}))
        site.http.headers["x-csrf-token"] = site.http.cookies["tg_csrf"]
        site.person_id = str(site.get("/api/v1/me")["person_id"])
        return site

    def get(self, path: str, **query: Any) -> Any:
        """GET."""
        return self._check(self.http.get(path, params=query))

    def post(self, path: str, body: Any = None) -> Any:
        """POST of JSON."""
        return self._check(self.http.post(path, json={} if body is None else body))

    def put(self, path: str, body: Any) -> Any:
        """PUT of JSON."""
        return self._check(self.http.put(path, json=body))

    def delete(self, path: str) -> Any:
        """DELETE."""
        return self._check(self.http.delete(path))

    def download(self, path: str, target: Path) -> None:
        """Writes the bytes behind a link to a file."""
        with self.http.stream("GET", path) as answer, target.open("wb") as out:
            if answer.status_code >= 400:
                answer.read()
                raise SiteError(answer)
            for chunk in answer.iter_bytes(CHUNK):
                out.write(chunk)

    def upload(self, project: str, file: Path) -> str:
        """Sends a file in chunks; returns the id of the upload."""
        size = file.stat().st_size
        upload = self.post(f"{project}/uploads", {"name": file.name, "size": size})
        with file.open("rb") as stream:
            offset = 0
            while chunk := stream.read(CHUNK):
                answer = self.http.patch(f"{project}/uploads/{upload['id']}", params={"offset": offset}, content=chunk)
                offset = int(self._check(answer)["received"])
        return str(upload["id"])

    def wait_for_job(self, project: str, job_id: str, seconds: float = 600) -> dict[str, Any]:
        """Waits for the end of visible work; raises when it failed."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job: dict[str, Any] = self.get(f"{project}/jobs/{job_id}")
            if job["state"] in ("done", "cancelled"):
                return job
            if job["state"] == "failed":
                raise RuntimeError(f"{job['kind']}: {job['error']}")
            time.sleep(0.2)
        raise TimeoutError(f"job {job_id} did not end within {seconds} s")

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list that is given by windows."""
        after: str | None = None
        while True:
            page = self.get(path, **query, **({"after": after} if after else {}))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    @staticmethod
    def _check(answer: httpx.Response) -> Any:
        if answer.status_code >= 400:
            raise SiteError(answer)
        if answer.status_code == 204 or not answer.content:
            return None
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
