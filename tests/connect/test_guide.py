"""The guide's code verifies real calls, and the guide names every event."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.connect.conftest import Desk, Receiver
from tongguan.connect.events import OFFERED

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "connections.md"


def test_the_example_verifies_what_is_sent(desk: Desk, receiver: Receiver) -> None:
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    space: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), space)  # noqa: S102 (the guide's own code)
    hook = desk.connect(receiver.url())
    desk.change_gate()
    [call] = receiver.calls
    headers = {"-".join(part.capitalize() for part in name.split("-")): value for name, value in call.headers.items()}
    assert space["verified"](hook["secret"], headers, call.body)
    assert not space["verified"](hook["secret"], headers, call.body + b" ")
    assert not space["verified"]("whsec_other", headers, call.body)
    assert not space["verified"](hook["secret"], {**headers, "Tongguan-Timestamp": "1700000000"}, call.body)


def test_every_event_is_documented() -> None:
    page = GUIDE.read_text(encoding="utf-8")
    assert [name for name in OFFERED if f"`{name}`" not in page] == []
