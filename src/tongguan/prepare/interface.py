"""What other stages may call: the data gate."""

from __future__ import annotations

from tongguan.prepare.service.gate import evaluate_gate, find_missing, open_gate

__all__ = ["evaluate_gate", "find_missing", "open_gate"]
