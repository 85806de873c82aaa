"""One JSON out of bytes: quickly, and with line and column where it is broken."""

from __future__ import annotations

import json
from typing import Any

import orjson

from tongguan.catalog.formats.base import ReadError
from tongguan.catalog.formats.text import decode


def parse(data: bytes, path: str) -> Any:
    """JSON out of bytes. Raises ReadError with line and column. NaN and Infinity, which some tools write, are read."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        text = decode(data, path)
        if not text.strip():
            raise ReadError(f"{path}: the file is empty") from error
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as slow_error:
            raise ReadError(f"{path}: not readable as JSON: {str(slow_error)[:200]}") from error
