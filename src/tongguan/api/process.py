"""One API process. The supervisor starts it; it can run alone on another machine."""

from __future__ import annotations

import gc
import os
import socket

import uvicorn

from tongguan.api.app import create_app
from tongguan.core import telemetry
from tongguan.core.parent import follow_supervisor, take_settings
from tongguan.core.runtime import open_runtime
from tongguan.core.settings import load_settings


def main() -> None:
    """Serves until it is told to stop, on the supervisor's open socket where it gives one (TONGGUAN_LISTEN_FD)."""
    given = take_settings()
    follow_supervisor()
    settings = load_settings()
    runtime = open_runtime(settings)
    app = create_app(settings, runtime.database, runtime.storage)
    proxies = [part.strip() for part in settings.trusted_proxies.split(",") if part.strip()]
    config = uvicorn.Config(
        app,
        host=settings.bind_host,
        port=settings.bind_port,
        log_config=None,
        access_log=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    telemetry.configure_logging(settings.log_level, settings.log_json)
    descriptor = given[0] if given else os.environ.get("TONGGUAN_LISTEN_FD")
    sockets = [socket.socket(fileno=int(descriptor))] if descriptor is not None else None
    gc.freeze()  # what the modules hold stays for good: no collection looks at it again
    gc.enable()
    try:
        uvicorn.Server(config).run(sockets=sockets)
    finally:
        runtime.close()
