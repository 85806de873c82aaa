"""Runs benches: each is a module of this package with `run() -> dict`, found by looking."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from typing import Any

import bench
from bench.machine import describe

FOLDER = Path(__file__).resolve().parent.parent / "build" / "bench"
NOT_A_BENCH = {"__main__", "machine"}


def names() -> list[str]:
    """All benches, by looking into the package: modules and packages that offer `run`."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if module.name not in NOT_A_BENCH and not module.name.startswith("_")
    )


def main(wanted: list[str]) -> int:
    """Runs the wanted benches, or all; exit code 1 when one failed, 2 for an unknown name."""
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    failed = 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in wanted or known:
        print(f"bench {name} ...", file=sys.stderr, flush=True)
        result: dict[str, Any] = {"bench": name, "machine": describe()}
        started = time.perf_counter()
        try:
            module = importlib.import_module(f"bench.{name}")
            if not hasattr(module, "run"):
                continue
            result["figures"] = module.run()
        except Exception as error:  # noqa: BLE001 one broken bench must not hide the figures of the others
            result["error"] = f"{type(error).__name__}: {error}"
            failed += 1
        result["seconds"] = round(time.perf_counter() - started, 2)
        text = json.dumps(result, ensure_ascii=False, indent=2)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(text, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
