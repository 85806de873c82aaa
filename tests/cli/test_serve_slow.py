"""A slow start: the address and the link are printed whenever the API answers at last."""

from __future__ import annotations

import pytest

from tongguan.cli import serve
from tongguan.core.settings import Settings


def test_the_link_is_printed_when_the_api_answers_late(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first look fails, a later one does not."""
    answers = iter([False, True])
    told: list[str] = []
    monkeypatch.setattr(serve, "wait_until_ready", lambda settings, seconds=30: next(answers))
    monkeypatch.setattr(serve, "announce", lambda settings, app_url: told.append(app_url))
    assert serve.announce_when_ready(Settings(), "postgresql://app")
    assert told == ["postgresql://app"]
    assert "30 seconds" in capsys.readouterr().err


def test_words_when_it_never_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No address is printed, but words are."""
    monkeypatch.setattr(serve, "wait_until_ready", lambda settings, seconds=30: False)
    assert not serve.announce_when_ready(Settings(), "postgresql://app", longest=0)
    assert "does not answer" in capsys.readouterr().err
