"""The table of figures that the acceptance prints."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Table:
    """Lines of name, figure, what it must be, and whether it holds (None: a figure without a target)."""

    lines: list[tuple[str, Any, str, bool | None]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def add(self, name: str, figure: Any, target: str = "", holds: bool | None = None) -> None:
        """Adds a line and prints it at once, since a run takes minutes."""
        self.lines.append((name, figure, target, holds))
        print(
            f"[{time.monotonic() - self.began:6.1f} s] {name}: {figure}" + (f" ({target})" if target else ""),
            flush=True,
        )

    def held(self) -> bool:
        """Whether every line with a target holds."""
        return all(holds is not False for _, _, _, holds in self.lines)

    def text(self) -> str:
        """The table for people."""
        width = max(len(name) for name, *_ in self.lines)
        rows = ["", f"{'line':{width}}  {'figure':28} target"]
        for name, figure, target, holds in self.lines:
            mark = "" if holds is None else "  ok" if holds else "  FAILS"
            rows.append(f"{name:{width}}  {figure!s:28} {target}{mark}")
        passed = sum(1 for *_, holds in self.lines if holds)
        failed = sum(1 for *_, holds in self.lines if holds is False)
        rows += ["", f"acceptance: {passed} lines hold, {failed} do not"]
        return "\n".join(rows)

    def json(self) -> str:
        """The table for programs."""
        keys = ("name", "figure", "target", "holds")
        return json.dumps(
            [dict(zip(keys, line, strict=True)) for line in self.lines], ensure_ascii=False, indent=1, default=str
        )
