"""A real server in a folder of its own, started and ended by the run."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path


class Server:
    """`tongguan serve` on a free port; `link` is the first start's."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        settings = {
            "TONGGUAN_DATA_DIR": str(folder / "data"),
            "TONGGUAN_LOG_LEVEL": "WARNING",
            "TONGGUAN_BIND_HOST": "127.0.0.1",
            **environment,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tongguan.cli.main", "serve", "--port", "0"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **settings},
            )
        self.address, self.link = self._ready()

    def _ready(self) -> tuple[str, str]:
        until = time.monotonic() + 180
        while time.monotonic() < until:
            text = self.log.read_text(encoding="utf-8", errors="replace")
            found = re.search(r"is ready: (http://\S+)", text)
            link = re.search(r"^\s+(http://\S+/link#\S+)$", text, re.M)
            if found and link:
                return found.group(1), link.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(
            f"the server did not start:\n{self.log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
        )

    def stop(self) -> None:
        """Ends the server as Ctrl-C would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
