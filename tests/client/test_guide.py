"""The code of the guide, block by block, against a real server with a frozen version."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.plant import PASSWORD, build, served

pytestmark = pytest.mark.slow
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "sdk.md"


def token(address: str, email: str) -> str:
    """A personal token of a person."""
    with httpx.Client(base_url=address) as page:
        page.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        headers = {"x-csrf-token": page.cookies["tg_csrf"]}
        return str(page.post("/api/v1/me/tokens", json={"name": "sdk"}, headers=headers).json()["token"])


@pytest.mark.timeout(600)
def test_the_guide_runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tongguan-sdk-"))
    folder.chmod(0o755)  # the database runs as another user when the tests run as root
    request.addfinalizer(lambda: shutil.rmtree(folder, ignore_errors=True))
    with served(folder) as (address, link):
        plant = build(address, link, folder / "data")
        monkeypatch.setenv("TONGGUAN_URL", address)
        monkeypatch.setenv("TONGGUAN_TOKEN", token(address, plant.people["engineer"].email))
        work = folder / "work"
        work.mkdir()
        monkeypatch.chdir(work)
        space: dict[str, Any] = {}
        for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
            exec(compile(block, str(GUIDE), "exec"), space)  # noqa: S102 (the guide's own code)
    assert (work / "steel.zip").stat().st_size > 1000
    assert (work / "elsewhere" / "model" / "model.onnx").is_file()
    assert space["evaluation"].state == "done"
    assert space["model"].raw["origin"]["engine"] == "our own trainer 1.4"
