"""The address in links: the public one, else one that people can open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongguan.core.settings import load_settings


@pytest.mark.parametrize(
    ("host", "public", "address"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:8000"),
        ("0.0.0.0", None, "http://localhost:8000"),  # noqa: S104
        ("::", None, "http://localhost:8000"),
        ("::1", None, "http://[::1]:8000"),
        ("192.168.1.7", None, "http://192.168.1.7:8000"),
        ("0.0.0.0", "https://label.example.com/", "https://label.example.com"),  # noqa: S104
    ],
)
def test_address(tmp_path: Path, host: str, public: str | None, address: str) -> None:
    settings = load_settings(data_dir=tmp_path, bind_host=host, bind_port=8000, public_url=public)
    assert settings.address == address
    assert settings.secure_cookies is address.startswith("https://")
