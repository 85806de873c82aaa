"""Structured logs with request ids, and the process's metrics."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar

import structlog
from prometheus_client import Counter, Histogram

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

REQUESTS = Counter("tongguan_requests_total", "Requests answered", ["method", "route", "status"])
LATENCY = Histogram(
    "tongguan_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENTS = Counter("tongguan_events_delivered_total", "Events handed to jobs", ["kind"])
JOBS = Counter("tongguan_jobs_total", "Jobs ended", ["name", "outcome"])
PREDICTIONS = Counter("tongguan_predictions_total", "Answers given on the line", ["verdict"])


def _add_request_id(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    current = request_id.get()
    if current:
        event["request_id"] = current
    return event


def configure_logging(level: str = "INFO", as_json: bool = True) -> None:
    """Sends the logs of the program and of its libraries to stderr, one line each."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that says where a line comes from. Lazy: it takes the configuration that holds when it is used."""
    lazy: structlog.stdlib.BoundLogger = structlog.get_logger(part=name)
    return lazy
