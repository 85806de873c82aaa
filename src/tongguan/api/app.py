"""The web application: routers, errors, pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from tongguan import __version__
from tongguan.api import files, health, sign_in
from tongguan.api.middleware import RequestFrame
from tongguan.api.stages import ROUTERS
from tongguan.catalog.media.image import limit_pictures
from tongguan.core import links, telemetry
from tongguan.core.database import Database
from tongguan.core.errors import TongguanError
from tongguan.core.settings import Settings, secret_of
from tongguan.core.storage import Storage
from tongguan.deploy.wire import RunnerClient

WEB = Path(__file__).parent / "web"
log = telemetry.logger("api")


def create_app(settings: Settings, database: Database, storage: Storage, web: Path = WEB) -> FastAPI:
    """The application over an open database and byte store."""
    app = FastAPI(
        title="Tongguan",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings, app.state.database, app.state.storage = settings, database, storage
    app.state.runner = RunnerClient(settings.data_dir, settings.runner_wait_seconds)
    links.configure(secret_of(settings, "links"))
    limit_pictures(settings.picture_limit_mpx, settings.picture_limit_side)
    _check_names()
    # Stages first: a question of a line would otherwise be compared with every path before it.
    for router in ROUTERS:
        app.include_router(router)
    for router in (health.router, sign_in.router, files.router):
        app.include_router(router)
    app.add_middleware(RequestFrame)
    _add_error_handlers(app)
    _add_pages(app, web)
    return app


def schema() -> dict[str, Any]:
    """The OpenAPI document, without a database (for the typed web client)."""
    app = FastAPI(generate_unique_id_function=lambda route: route.name)
    for router in (sign_in.router, *ROUTERS):
        app.include_router(router)
    return get_openapi(title="Tongguan", version=__version__, routes=app.routes)


def _check_names() -> None:
    seen: set[str] = set()
    for router in (sign_in.router, *ROUTERS):
        for route in router.routes:
            if isinstance(route, APIRoute):
                if route.name in seen:
                    raise ValueError(f"two routes are named {route.name}")
                seen.add(route.name)


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(TongguanError)
    def expected(request: Request, error: TongguanError) -> JSONResponse:
        del request
        return JSONResponse(error.body(telemetry.request_id.get()), status_code=error.status)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        del request
        places = [
            {"place": ".".join(map(str, fault["loc"]))[:200], "message": fault["msg"][:300]}
            for fault in error.errors()[:20]
        ]
        first = places[0] if places else {"place": "", "message": ""}
        body = TongguanError("input.invalid", f"{first['place']}: {first['message']}", {"problems": places})
        return JSONResponse(body.body(telemetry.request_id.get()), status_code=422)

    @app.exception_handler(HTTPException)
    def plain(request: Request, error: HTTPException) -> JSONResponse:
        code = {404: "path.unknown", 405: "path.method"}.get(error.status_code, "http.error")
        body = TongguanError(code, str(error.detail), {"path": request.url.path[:200]})
        return JSONResponse(body.body(telemetry.request_id.get()), status_code=error.status_code)

    @app.exception_handler(DBAPIError)
    def database_trouble(request: Request, error: DBAPIError) -> JSONResponse:
        del request
        lost = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
        log.error("database", error=str(error.orig)[:500], exc_info=not lost)
        code, words, status = (
            ("database.away", "The database is not reachable at the moment; nothing was changed. Try again.", 503)
            if lost
            else ("server.error", "Something went wrong here; nothing was changed.", 500)
        )
        return JSONResponse(TongguanError(code, words).body(telemetry.request_id.get()), status_code=status)

    @app.exception_handler(PoolTimeout)
    def no_connection_free(request: Request, error: PoolTimeout) -> JSONResponse:
        log.error("no database connection became free", path=request.url.path, error=str(error)[:200])
        body = TongguanError("database.away", "The database has too much to do at the moment. Try again.")
        return JSONResponse(body.body(telemetry.request_id.get()), status_code=503)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected", path=request.url.path, exc_info=error)
        body = TongguanError("server.error", "Something went wrong here; nothing was changed.")
        return JSONResponse(body.body(telemetry.request_id.get()), status_code=500)


def _add_pages(app: FastAPI, web: Path) -> None:
    if not (web / "index.html").exists():
        return
    app.mount("/assets", StaticFiles(directory=web / "assets"), name="assets")
    root = web.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        """Any other path is a page of the web application, or one of its files."""
        if path.startswith(("api/", "files/")):
            raise HTTPException(404, "There is no such path.")
        wanted = (web / path).resolve()
        if path and wanted.is_file() and root in wanted.parents:
            return FileResponse(wanted)
        return FileResponse(web / "index.html", headers={"Cache-Control": "no-cache"})
