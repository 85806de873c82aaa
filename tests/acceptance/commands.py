"""The commands as people call them, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

LAUNCH = [sys.executable, "-c", "from tongguan.cli.main import main; main()"]


def call(*words: str) -> Any:
    """What a command says with --json; its progress goes to this program's stderr. Raises CalledProcessError."""
    done = subprocess.run([*LAUNCH, *words, "--json"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)
