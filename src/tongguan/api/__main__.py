"""One API process: `python -m tongguan.api`. The supervisor starts it; it can run alone on another machine."""

from __future__ import annotations

import os
import socket

import uvicorn

from tongguan.api.app import create_app
from tongguan.core import telemetry
from tongguan.core.parent import follow_supervisor
from tongguan.core.runtime import open_runtime
from tongguan.core.settings import load_settings


def main() -> None:
    """Serves until it is told to stop. TONGGUAN_LISTEN_FD hands over an open socket from the supervisor."""
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
    descriptor = os.environ.get("TONGGUAN_LISTEN_FD")
    sockets = [socket.socket(fileno=int(descriptor))] if descriptor else None
    try:
        uvicorn.Server(config).run(sockets=sockets)
    finally:
        runtime.close()


if __name__ == "__main__":
    main()
