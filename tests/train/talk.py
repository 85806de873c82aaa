"""Small made-up texts and sounds, for tests of the recipes that learn from them."""

from __future__ import annotations

import csv
import io
import wave
from pathlib import Path

import numpy as np

from tongguan.catalog.formats.chat_formats.turns import Talk
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.catalog.labels.sound_segment import SoundSegmentLabel
from tongguan.catalog.labels.span import SpanLabel
from tongguan.train.recipes.items import BY_SIDES, Gathered, Item, Side, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.preference.made import pairs
from tongguan.train.recipes.speech_parts.made import utterance
from tongguan.train.recipes.speech_parts.voice import speaker

NAMES = {"PER.NAM": ("王小明", "李芳", "张伟国", "陈静"), "GPE.NAM": ("北京", "上海", "广州市", "杭州")}
BEFORE = ("昨天", "今天早上", "听说", "😀我看见", "下周")
BETWEEN = ("去了", "从没到过", "会坐车到", "想搬到")
AFTER = ("。", "，真好！", "出差", "")
TONES = {"high": 900.0, "low": 250.0, "middle": 480.0}
RATE = 8_000
WORDS = ("开门", "关灯", "停车", "左转")


def sentence(seed: int) -> tuple[str, tuple[SpanLabel, ...]]:
    """A Chinese sentence with the name of a person and of a place."""
    rng = np.random.default_rng([seed, 5])
    text, spans = "", []
    for part in (BEFORE, "PER.NAM", BETWEEN, "GPE.NAM", AFTER):
        chosen = str(rng.choice(NAMES[part] if isinstance(part, str) else part))
        if isinstance(part, str):
            start, end = len(text), len(text) + len(chosen)
            spans.append(SpanLabel(label=part, start=start, end=end, text=chosen))
        text += chosen
    return text, tuple(spans)


def opinion(seed: int) -> tuple[str, ClassLabel]:
    """A short opinion, good or bad."""
    rng = np.random.default_rng([seed, 6])
    label = ("好", "差")[seed % 2]
    words = {"好": ("很满意", "值得推荐", "质量不错"), "差": ("太失望了", "不推荐", "质量很差")}[label]
    return f"{rng.choice(('手机', '衣服', '酒店'))}{rng.choice(words)}{rng.integers(1, 99)}", ClassLabel(label=label)


def tone(seed: int, label: str, rate: int = RATE, seconds: float = 0.4) -> bytes:
    """A noisy tone as a WAV file of 16 bits."""
    rng = np.random.default_rng([seed, 7])
    time = np.arange(int(seconds * rate)) / rate
    sound = np.sin(2 * np.pi * TONES[label] * rng.uniform(0.95, 1.05) * time) * np.hanning(len(time))
    sound = 0.5 * sound + 0.02 * rng.standard_normal(len(time))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
    return out.getvalue()


def _gathered(folder: Path, made: list[tuple[bytes, tuple[LabelRecord, ...]]], suffix: str) -> Gathered:
    """One file an item, so that a test finds its bytes as the recipe does."""
    folder.mkdir(parents=True, exist_ok=True)
    items, pairs = [], []
    side: Side = "train"
    for at, (content, labels) in enumerate(made):
        name, sha = f"{at:03}{suffix}", sha256_hex(content)
        (folder / name).write_bytes(content)
        pairs.append((sha, label_digest(labels)))
        records = tuple(label.model_dump(mode="json") for label in labels)
        items.append(Item(name=name, path=name, sha256=sha, side=side, group=name, labels=records))
    return Gathered(
        source=str(folder), format="test", by=BY_SIDES, sha256=data_digest(pairs), items=tuple(items), left_out=()
    )


def gathered_spans(folder: Path, count: int) -> Gathered:
    """Sentences with names."""
    made: list[tuple[bytes, tuple[LabelRecord, ...]]] = []
    for at in range(count):
        text, spans = sentence(at)
        made.append((text.encode(), spans))
    return _gathered(folder, made, ".txt")


def gathered_texts(folder: Path, count: int) -> Gathered:
    """Opinions."""
    pairs = [opinion(at) for at in range(count)]
    return _gathered(folder, [(text.encode(), (label,)) for text, label in pairs], ".txt")


def gathered_sounds(folder: Path, count: int) -> Gathered:
    """Tones."""
    labels = sorted(TONES)
    made: list[tuple[bytes, tuple[LabelRecord, ...]]] = []
    for at in range(count):
        label = labels[at % len(labels)]
        made.append((tone(at, label), (ClassLabel(label=label),)))
    return _gathered(folder, made, ".wav")


def gathered_speech(folder: Path, count: int) -> Gathered:
    """Words of two characters, spoken by a made voice."""
    made: list[tuple[bytes, tuple[LabelRecord, ...]]] = []
    for at in range(count):
        one = utterance(0, at, speaker(0, 0), WORDS[at % len(WORDS)])
        made.append((one.content, (SoundSegmentLabel(label="speech", start=0, end=1, transcript=one.text),)))
    return _gathered(folder, made, ".wav")


def gathered_pairs(folder: Path, count: int) -> Gathered:
    """Prompts with two answers; the better one stands first or second."""
    made: list[tuple[bytes, tuple[LabelRecord, ...]]] = []
    for at, one in enumerate(pairs(0, count)):
        answers = [("a", one["chosen"]), ("b", one["rejected"])][:: 1 if at % 2 else -1]
        choice = "first" if at % 3 else "second"
        ends = ("a", "b") if choice == "first" else ("b", "a")
        label = PreferenceLabel.model_validate(
            {"label": "preference", "first": ends[0], "second": ends[1], "choice": choice}
        )
        made.append((Talk([("user", one["prompt"])], answers).json().encode(), (label,)))
    return _gathered(folder, made, ".jsonl")


def write_conll(file: Path, count: int, seed: int = 0) -> Path:
    """Sentences as tagged characters, in BIO."""
    lines = []
    for at in range(count):
        text, spans = sentence(seed * 10_000 + at)
        tags = ["O"] * len(text)
        for span in spans:
            tags[span.start : span.end] = [f"I-{span.label}"] * (span.end - span.start)
            tags[span.start] = f"B-{span.label}"
        lines += [*(f"{char}\t{tag}" for char, tag in zip(text, tags, strict=True)), ""]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def write_sounds(folder: Path, each: int, groups: int = 3, rate: int = RATE) -> Path:
    """Tones with a `labels.csv`, each of one of so many groups."""
    (folder / "wav").mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label", "group"])
        for label in TONES:
            for at in range(each):
                name = f"wav/{label}_{at:03}.wav"
                (folder / name).write_bytes(tone(at, label, rate))
                rows.writerow([name, label, f"speaker {at % groups}"])
    return folder
