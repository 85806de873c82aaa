"""Health and metrics for whoever runs the machine."""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from tongguan import __version__
from tongguan.core.database import Database
from tongguan.core.errors import Forbidden

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 when the database answers, 503 when not."""
    database: Database = request.app.state.database
    try:
        with database.system() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return JSONResponse({"ok": False, "version": __version__, "database": "unreachable"}, status_code=503)
    return JSONResponse({"ok": True, "version": __version__, "database": "ok"})


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Figures for Prometheus; only from this machine."""
    host = request.client.host if request.client else ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "testclient"
    if not local:
        raise Forbidden("metrics.local", "Metrics are given to this machine only.")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
