"""What goes with a model for people: `model.md`, which says what it is for and how far to trust it, and `example.py`,
which uses it: a model of pictures with ONNX Runtime, NumPy and Pillow alone, others through `load_predictor`.

Nothing of the clock stands in them: equal models have equal archives.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tongguan.train.recipes.base import Manifest
from tongguan.train.recipes.folder import Run, RunFolder, write_whole
from tongguan.train.recipes.items import Gathered
from tongguan.train.recipes.model_folder import Card, read_card
from tongguan.train.recipes.registry import recipe

TEXT = "model.md"
EXAMPLE = "example.py"
FEW = 30
"""Fewer training items of a class than this are named as few."""
USES = {
    ("detection", "image"): (
        "找出图片中的目标并给出框",
        "finds things of its label classes in pictures and gives a box for each",
    ),
    ("classification", "image"): ("给整张图片判一个类别", "gives one of its label classes to a whole picture"),
    ("oriented-detection", "image"): (
        "找出图片中的目标并给出带角度的框",
        "finds things of its label classes in pictures and gives a box for each, turned to lie along it",
    ),
    ("grading", "image"): (
        "给整张图片评一个等级（等级有先后）",
        "gives a whole picture one of the grades of an ordered scale",
    ),
    ("segmentation", "image"): (
        "逐像素判断类别，给出每块区域的掩膜",
        "says of every pixel which label class it belongs to and gives a mask for each region",
    ),
    ("picture-anomaly", "image"): (
        "判断图片是否与合格品不同，并框出不同之处",
        "says of a picture whether it is unlike good ones, with boxes round what stands out",
    ),
    ("classification", "table"): ("给表格的每一行判一个类别", "gives one of its label classes to each row of a table"),
    ("screening", "table"): (
        "对表格的每一行判断阳性或阴性，阳性再判是哪一类",
        "says of each row of a table whether it is positive, and if so which class it is",
    ),
    ("forecasting", "series"): ("预测时间序列的后续值并给出区间", "gives the next values of time series with ranges"),
    ("anomaly", "series"): ("找出时间序列中的异常段", "finds stretches of a time series that are unlike the rest"),
    ("classification", "text"): ("给整段文本判一个类别", "gives one of its label classes to a whole text"),
    ("classification", "sound"): ("给整段声音判一个类别", "gives one of its label classes to a whole sound"),
    ("tracking", "detections"): (
        "把逐帧检测框连成轨迹",
        "joins the boxes that a detector found in the frames of a recording into tracks of things",
    ),
    ("events", "detections"): (
        "按规则从检测框或轨迹中找出事件及起止时间",
        "finds events with start and end in a recording, from its boxes or tracks, by rules",
    ),
    ("transcription", "sound"): (
        "把短语音转成文字，给出每个字的时间",
        "writes what is said in short sounds, with times",
    ),
    ("cuboids", "point_cloud"): (
        "找出点云中的目标并给出立体框",
        "finds things of its label classes in point clouds and gives a cuboid for each",
    ),
    ("answers", "conversation"): (
        "按示例对话微调的语言模型，回答对话中的最后一个问题",
        "answers the last question of a conversation, as the conversations that it was tuned on do",
    ),
    ("preference", "pairs"): (
        "对同一提问的两个回答判断哪个更好（奖励模型）",
        "says which of two answers to a prompt people would prefer (a reward model)",
    ),
    ("spans", "text"): (
        "在文本中标出片段（如人名、地名）",
        "marks stretches of text, such as names, by start and end in code points",
    ),
}
INPUTS = {
    "table": ("表格 CSV、XLSX、Parquet a table", "python example.py rows.csv", "tongguan"),
    "series": ("按时间排列的 CSV a CSV in order of time", "python example.py history.csv", "tongguan"),
    "text": ("一行 UTF-8 文本 one line of UTF-8 text", "python example.py texts.txt", "tongguan"),
    "pairs": (
        "提问与两个以上回答 JSON a prompt with two answers or more, as JSON",
        "python example.py pairs.jsonl",
        "tongguan",
    ),
    "detections": (
        "逐帧检测框 CSV、MOT 或检测答案 JSON boxes of frames: CSV, MOT or a detector's answer",
        "python example.py detections.csv",
        "tongguan",
    ),
    "point_cloud": ("点云 PCD、PLY、LAS、KITTI BIN a point cloud", "python example.py cloud.pcd", "tongguan"),
    "conversation": (
        "对话 JSON（ShareGPT、Alpaca、OpenAI）conversations as JSON",
        "python example.py talks.jsonl",
        "tongguan[train,language]",
    ),
    "sound": ("WAV，任意采样率 WAV of any rate", "python example.py sound.wav", "tongguan"),
}
"""What a model of another medium than pictures takes, how its example is called, and what that needs."""


def write_texts(folder: RunFolder, run: Run, result: Mapping[str, Any], gathered: Gathered) -> None:
    """Writes both files into the model's folder of a run that has come to its end."""
    card = read_card(folder.model)
    lines = [
        *_heading(card),
        *_data(gathered),
        *_figures(result),
        *_limits(card, result, gathered),
        *_made(run, result),
    ]
    _write(folder.model, card, lines)


def write_registered(model: Path, card: Card, origin: Mapping[str, Any]) -> None:
    """The same for a model that was trained elsewhere: what is known of it is said, and what is not."""
    lines = [
        *_heading(card),
        "## 来历 Origin",
        "",
        "- 在别处训练，登记进来 Trained elsewhere and registered",
        f"- 引擎 engine: {_plain(str(origin.get('engine') or '–'))}",
        f"- 数据版本 dataset version: {origin.get('dataset_version') or '未说明 not stated'}",
        f"- 说明 note: {_plain(str(origin.get('note') or '–'))}",
        "",
        "## 局限 Limits",
        "",
        "- 训练数据与指标没有在这里核对；请先评测 Its data and figures were not checked here: evaluate it first.",
        "",
    ]
    _write(model, card, lines)


def _write(model: Path, card: Card, lines: list[str]) -> None:
    write_whole(model / TEXT, ("\n".join(lines).rstrip() + "\n").encode())
    write_whole(model / EXAMPLE, example(recipe(card.recipe)).encode())


def example(manifest: Manifest) -> str:
    """The example of a recipe: python example.py picture.jpg."""
    folder = manifest.predict.rsplit(".", 2)[1]
    return (Path(__file__).parent / folder / "example.txt").read_text(encoding="utf-8")


def _heading(card: Card) -> list[str]:
    manifest = recipe(card.recipe)
    chinese, english = USES[manifest.task, manifest.media]
    labels = "、".join(_plain(one) for one in card.labels)
    given, call, needs = INPUTS.get(manifest.media) or _of_pictures(card.size())
    return [
        "# 模型说明 Model card",
        "",
        "## 用途 Intended use",
        "",
        f"- {chinese}。It {english}.",
        f"- 类别 label classes ({len(card.labels)}): {labels}",
        f"- 阈值 threshold: {card.threshold:.4f} ({_plain(card.threshold_from)})",
        f"- 输入 input: {given}",
        f"- 用法 use: `{call}` ({needs})",
        "",
    ]


def _of_pictures(size: int) -> tuple[str, str, str]:
    given = f"{size} × {size} RGB，长边缩放、灰边补齐 longest side scaled, grey border; `preprocessing.json`"
    return given, "python example.py picture.jpg", "onnxruntime, numpy, pillow"


def _data(gathered: Gathered) -> list[str]:
    counts = gathered.counts()
    return [
        "## 数据 Data",
        "",
        f"- 训练 train {counts['train']}，评测 kept {counts['kept']}，测试 test {counts['test']}，"
        f"未用 left out {counts['left_out']}",
        f"- 划分 sides by: {_plain(str(counts['by']))}",
        f"- SHA-256: `{gathered.sha256}`",
        "",
    ]


def _figures(result: Mapping[str, Any]) -> list[str]:
    lines = ["## 指标 Figures", ""]
    metrics = result.get("metrics") or {}
    if not metrics:
        return [*lines, "- 没有留出评测集，不作任何声明 Nothing was kept: no figure is claimed.", ""]
    blind = (result.get("baseline") or {}).get("metrics", {})
    lines += ["| 指标 metric | 值 value | 95 % 区间 interval | 基线 baseline |", "|---|---|---|---|"]
    for name, one in metrics.items():
        low, high = _number(one.get("low")), _number(one.get("high"))
        lines.append(f"| {name} | {_number(one.get('value'))} | {low} – {high} | {_number(_value(blind, name))} |")
    at = result.get("at_threshold") or {}
    if at:
        lines += ["", "- 阈值处 at the threshold: " + ", ".join(f"{name} {_number(one)}" for name, one in at.items())]
    first = next(iter(metrics))
    rows = (result.get("classes") or {}).get(first, {})
    if rows:
        lines += ["", f"| 类别 class | {first} |", "|---|---|"]
        lines += [f"| {_plain(name)} | {_number(one.get('value'))} |" for name, one in rows.items()]
    return [*lines, ""]


def _limits(card: Card, result: Mapping[str, Any], gathered: Gathered) -> list[str]:
    shown: dict[str, int] = dict.fromkeys(card.labels, 0)
    for item in gathered.side("train"):
        for name in {str(label.get("label")) for label in item.labels}:
            shown[name] = shown.get(name, 0) + 1
    few = [f"{_plain(name)} ({count})" for name, count in sorted(shown.items()) if count < FEW]
    sides = sorted({max(item.width, item.height) for item in gathered.items} - {0})
    lines = ["## 局限 Limits", ""]
    lines.append(
        "- 只在上述数据上测过，换产线、相机、说话人等要重新评测 Measured on these data only: evaluate anew elsewhere."
    )
    if few:
        lines.append(f"- 训练样本很少的类别 classes with few training items: {'、'.join(few)}")
    if sides:
        size = card.size()
        shrink = sides[-1] / size
        lines.append(
            f"- 训练图片长边 {sides[0]}–{sides[-1]} px，输入 {size} px：最多缩小 {shrink:.1f} 倍，更小的细节看不见 "
            f"Training pictures are shrunk by up to {shrink:.1f}; smaller details cannot be seen."
        )
    onnx = result.get("onnx") or {}
    if onnx:
        lines.append(f"- ONNX 与 PyTorch 最大差 ONNX against PyTorch: {float(onnx.get('score', 0)):.1e}")
    return [*lines, ""]


def _made(run: Run, result: Mapping[str, Any]) -> list[str]:
    params = ", ".join(f"{name}={value}" for name, value in sorted(run.asked.params.items()) if value is not None)
    return [
        "## 训练 Training",
        "",
        f"- 配方 recipe: {run.asked.recipe}, tongguan {run.code}",
        f"- 步数 steps: {result.get('steps')}，种子 seed: {run.asked.seed}",
        f"- 参数 parameters: {params}",
        "",
    ]


def _value(metrics: Mapping[str, Any], name: str) -> Any:
    return (metrics.get(name) or {}).get("value")


def _number(value: Any) -> str:
    return "–" if value is None else f"{float(value):.3f}"


def _plain(text: str) -> str:
    """Text of people in one line of Markdown, unable to be more than text."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>()#|!" else char for char in flat)
