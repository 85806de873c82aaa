"""Where the runner listens: a Unix socket in the data folder, readable by the installation's user only."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

# The kernel takes 107 bytes of a path; a deep data folder has more.
LONGEST = 100


def socket_path(data_dir: Path) -> Path:
    """The socket of a data folder: inside it, or, where its path is long, in a private temporary folder."""
    wanted = data_dir.resolve() / "runner.sock"
    if len(os.fsencode(wanted)) <= LONGEST:
        return wanted
    mark = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tongguan-{os.getuid()}-{mark}" / "runner.sock"


def check_folder(path: Path) -> None:
    """Raises PermissionError where a temporary folder of the socket belongs to somebody else or is open to others."""
    if not path.parent.name.startswith(f"tongguan-{os.getuid()}-"):
        return
    facts = path.parent.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or stat.S_IMODE(facts.st_mode) & 0o077:
        raise PermissionError(f"{path.parent} is not a private folder of this user")


def listen(data_dir: Path) -> socket.socket:
    """The listening socket; one that an earlier life left behind is replaced."""
    path = socket_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    check_folder(path)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(128)
    return listener
