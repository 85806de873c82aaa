"""Made pairs of answers about machines of a mine: for trying, tests and acceptance. Nothing of them is real.

    python -m tongguan.train.recipes.preference.made pairs/ --count 1200

Both answers are put together from parts, one with a fault: it speaks of another machine, gives another number than the
question, is rude, evades, or says everything twice. The better one is the longer one in about two of three pairs: who
only counts characters is right more often than a coin and less often than who reads. Some choices are the wrong way
round, as with people.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

MACHINES = ("主扇风机", "皮带机", "排水泵", "空压机", "提升绞车", "破碎机", "刮板机", "球磨机", "浮选机", "振动筛")
PARTS = ("轴承", "电机", "减速箱", "密封", "联轴器", "滚筒")
SIGNS = ("温度升高", "振动变大", "有异响", "漏油", "转速下降", "电流波动")
ACTIONS = ("先停机挂牌", "先减载观察", "先通知值班长", "先切到备用设备")
CHECKS = ("检查润滑和油位", "检查地脚螺栓", "检查对中情况", "检查冷却水路", "检查传感器接线")
LAST = ("处理后复测并记录", "半小时后再测一次", "把结果报给调度室", "确认正常再恢复运行")
OPENINGS = ("您好，", "收到，", "好的，", "")
CLOSINGS = ("如有变化请随时联系。", "注意安全。", "辛苦了。")
PADDING = (
    "操作前请确认周围无人，并穿戴好劳保用品。",
    "现场照明不足时请先补好照明。",
    "工具用完后请清点，不要留在设备里。",
    "交接班时请把情况向下一班说清楚。",
    "如果手边没有备件，请先在库房登记领用。",
)
RUDE = ("这都不会还问什么。", "自己看说明书去。", "别老拿这种小事来烦人。")
EVASIVE = ("这个情况比较复杂，要看具体情况而定。", "原因可能很多，不太好说。", "建议咨询专业人员，我这里不清楚。")
FAULTS = ("machine", "number", "rude", "evasive", "repeated")
LONGER, NOISE = 0.68, 0.04
"""Share of pairs whose better answer is filled up to be the longer one, and share of choices the wrong way round."""


def _pick(rng: np.random.Generator, words: Sequence[str]) -> str:
    return words[int(rng.integers(len(words)))]


def _answer(rng: np.random.Generator, machine: str, part: str, number: str) -> str:
    first, then, last = _pick(rng, ACTIONS), _pick(rng, CHECKS), _pick(rng, LAST)
    said = f"{_pick(rng, OPENINGS)}{machine}{part}读数{number}，"
    return f"{said}请{first}，再{then}，{last}。{_pick(rng, CLOSINGS)}"


def _faulty(rng: np.random.Generator, fault: str, machine: str, part: str, number: str) -> str:
    if fault == "machine":
        return _answer(rng, _pick(rng, [one for one in MACHINES if one != machine]), part, number)
    if fault == "number":
        return _answer(rng, machine, part, str(round(float(number) + float(rng.integers(3, 40)), 1)))
    good = _answer(rng, machine, part, number)
    if fault == "rude":
        return _pick(rng, RUDE) + good
    if fault == "evasive":
        return f"{_pick(rng, OPENINGS)}{machine}{part}读数{number}？{_pick(rng, EVASIVE)}{_pick(rng, EVASIVE)}"
    return good + good[: len(good) * 2 // 3]


def _filled(rng: np.random.Generator, short: str, over: int) -> str:
    """With sentences that say nothing of the question until it is longer than `over` characters."""
    order = rng.permutation(len(PADDING))
    for at in range(50):
        if len(short) > over:
            break
        short += PADDING[int(order[at % len(PADDING)])]
    return short


def pairs(seed: int, count: int) -> Iterator[dict[str, str]]:
    """Objects with prompt, chosen, rejected, and the fault of what should be rejected; equal for equal seeds."""
    for at in range(count):
        rng = np.random.default_rng([seed, at])
        machine, part, sign = _pick(rng, MACHINES), _pick(rng, PARTS), _pick(rng, SIGNS)
        number = f"{rng.uniform(20, 95):.1f}"
        fault = FAULTS[int(rng.integers(len(FAULTS)))]
        good, bad = _answer(rng, machine, part, number), _faulty(rng, fault, machine, part, number)
        if rng.random() < LONGER:
            good = _filled(rng, good, len(bad))
        else:
            bad = _filled(rng, bad, len(good))
        if rng.random() < NOISE:
            good, bad = bad, good
        prompt = f"{machine}的{part}{sign}，现在读数{number}，该怎么处理？"
        yield {"prompt": prompt, "chosen": good, "rejected": bad, "fault": fault}


def write_pairs(file: Path, made: Iterable[dict[str, Any]]) -> int:
    """As JSON lines; how many."""
    lines = [json.dumps(one, ensure_ascii=False) for one in made]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def main(words: Sequence[str] | None = None) -> int:
    """The command above."""
    parser = argparse.ArgumentParser(description="Writes project-made pairs of answers as JSON lines.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1_200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    count = write_pairs(asked.folder / "pairs.jsonl", pairs(asked.seed, asked.count))
    sys.stdout.write(f"{count} pairs in {asked.folder / 'pairs.jsonl'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
