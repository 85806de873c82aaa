"""A language model tuned by the commands: a tiny one made on the spot, on conversations that a program writes."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.commands import call
from tests.acceptance.table import Table

MAKE = [sys.executable, "-m", "tongguan.train.recipes.sft.run.made"]
HOW = {
    "full": ("learning_rate=0.01", "batch=16", "accumulate=1"),
    "lora": ("learning_rate=0.03", "batch=16", "accumulate=1", "rank=16"),
}


@dataclass
class Answering:
    """All weights, and in full mode LoRA too; the tuned model must answer kept questions better than chance would."""

    folder: Path
    quick: bool
    table: Table

    def run(self) -> None:
        """Nothing but the program is needed."""
        count = "60" if self.quick else "200"
        subprocess.run([*MAKE, str(self.folder), "--conversations", count], check=True, stdout=subprocess.DEVNULL)
        for method in ("full",) if self.quick else ("full", "lora"):
            self._line(method)

    def _line(self, method: str) -> None:
        began, run, data = time.monotonic(), self.folder / f"run-{method}", self.folder / "talks.jsonl"
        words = ["--recipe", "sft", "--data", str(data), "--out", str(run), f"--set=model={self.folder / 'model'}"]
        sets = (*HOW[method], f"method={method}", "kept=0.25", f"steps={30 if self.quick else 150}", "answer_tokens=64")
        told = call("train", *words, *(f"--set={one}" for one in sets))
        found = call("evaluate", str(run), "--data", str(data))
        one, blind = (where["metrics"]["perplexity"] for where in (found, told["baseline"]))
        right = sum(cell["count"] for cell in found["confusion"]["cells"] if cell["truth"] == cell["found"])
        figure = (
            f"{one['value']:.2f} ({one['low']:.2f}–{one['high']:.2f}), untouched {blind['value']:.1f}, "
            f"{right}/{found['items']} answers as written, {(time.monotonic() - began) / 60:.1f} min"
        )
        # Half of the untouched one: what chance gives a model that knows nothing is the size of its vocabulary.
        holds = one["high"] < blind["low"] / 2 and told["saved"]["loss"] < 1e-4
        self.table.add(f"sft {method}, project-made: perplexity", figure, "< untouched / 2, saved = trained", holds)
