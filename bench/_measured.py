"""A command of its own process, measured: seconds, processor seconds, and the most memory that it held."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

MIB = 2**20
LOOK = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """`peak_bytes` is the high-water mark of resident memory that the system kept of this process."""

    output: str
    seconds: float
    processor_seconds: float
    peak_bytes: int


def measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Runs a command to its end. Raises RuntimeError with the end of what it said where it fails.

    Memory is read from the process itself while it runs: what the system says of it afterwards begins with the memory
    of the process that started it.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        started = perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=complained, env={**os.environ, **(environment or {})})
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.ended.set()
        watch.join()
        for stream in (said, complained):
            stream.seek(0)
        output, errors = said.read(), complained.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:6])} ended with {process.returncode}: {(errors or output)[-2000:]}")
    return Measured(output, seconds, usage.ru_utime + usage.ru_stime, watch.peak)


class _Watch(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self.peak = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK):
            try:
                text = self._status.read_text(encoding="ascii", errors="replace")
            except OSError:
                return
            for line in text.splitlines():
                if line.startswith("VmHWM:"):
                    self.peak = max(self.peak, int(line.split()[1]) * 1024)
