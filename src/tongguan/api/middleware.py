"""Around every request: an id, a log line, metrics, and the headers that keep pages safe."""

from __future__ import annotations

import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tongguan.core import telemetry

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
QUIET = ("/healthz", "/metrics", "/assets/")
log = telemetry.logger("api")


class RequestFrame:
    """Pure ASGI, so that streaming answers are not collected in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        token = telemetry.request_id.set(request_id)
        began, status = time.perf_counter(), 500

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            await send(message)

        try:
            await self.app(scope, receive, framed)
        finally:
            passed = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "other")
            telemetry.REQUESTS.labels(scope["method"], route, str(status)).inc()
            telemetry.LATENCY.labels(route).observe(passed)
            if not scope["path"].startswith(QUIET):
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"] if not scope["path"].startswith("/files/") else "/files/…",
                    status=status,
                    ms=round(passed * 1000, 1),
                )
            telemetry.request_id.reset(token)
