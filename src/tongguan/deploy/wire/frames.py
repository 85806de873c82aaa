"""One message: 4 bytes length, a JSON object, 8 bytes length, raw bytes.

Length-prefixed frames and not HTTP: pictures travel as they are, nothing has to be parsed but one small object, and
the runner needs no web server in its memory.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

import orjson

MOST_HEAD = 4 << 20
MOST_BODY = 256 << 20


class Broken(ConnectionError):
    """The other side is gone, or speaks something else."""


def send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Sends one message."""
    packed = orjson.dumps(head)
    connection.sendall(struct.pack(">I", len(packed)) + packed + struct.pack(">Q", len(body)))
    if body:
        connection.sendall(body)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Receives one message. Broken at the end of the connection, EOFError when it ended between two messages."""
    first = connection.recv(4)
    if not first:
        raise EOFError
    (length,) = struct.unpack(">I", first + _exactly(connection, 4 - len(first)))
    if length > MOST_HEAD:
        raise Broken(f"a head of {length} bytes")
    try:
        head = orjson.loads(_exactly(connection, length))
    except orjson.JSONDecodeError as error:
        raise Broken("a head that is no JSON") from error
    (size,) = struct.unpack(">Q", _exactly(connection, 8))
    if size > MOST_BODY or not isinstance(head, dict):
        raise Broken(f"a body of {size} bytes")
    return head, _exactly(connection, size)


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        piece = connection.recv(min(count - len(parts), 1 << 20))
        if not piece:
            raise Broken("the connection ended within a message")
        parts += piece
    return bytes(parts)
