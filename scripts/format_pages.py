"""Writes docs/catalog/formats/: a page for each file format of the registry, with an example that a test runs.

`python scripts/format_pages.py` rewrites them; with `--check` it says which differ and ends with exit code 1.
"""

from __future__ import annotations

import inspect
import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import orjson
from PIL import Image
from pydantic import ValidationError

from tongguan.catalog.formats.base import Format, Report, WriteItem, WriteOptions
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import LABEL_KINDS

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "catalog" / "formats"
TEXT = "我叫小明，在一号轧机上工作。"
TALK = {
    "turns": [{"role": "user", "text": "急停按钮在哪里？"}],
    "answers": [{"key": "answer-a", "text": "机尾左侧。"}, {"key": "answer-b", "text": "机头右侧。"}],
}
FILES = {"image": "plate.png", "video": "belt.mp4", "sound": "call.wav", "point_cloud": "drift.pcd"}
KEEPS = {
    "sides": "sides 划分",
    "empty": "“nothing here” apart from unlabelled 空标注",
    "unlabelled": "unlabelled items 未标注的条目",
    "order": "order of label classes 类别顺序",
    "attributes": "attributes 属性",
    "lists": "lists as attributes 列表属性",
    "score": "scores 置信度",
    "names": "names of items 条目名称",
    "any_names": "any name of a label class 任意类别名",
}
SHOWN = 40


class Memory:
    """A tree and a sink in memory."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = files or {}

    def list(self) -> list[str]:
        """All names."""
        return sorted(self.files)

    def open(self, path: str) -> BinaryIO:
        """The bytes of one."""
        return io.BytesIO(self.files[path])

    def size(self, path: str) -> int:
        """Bytes of one."""
        return len(self.files[path])

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Stores one."""
        self.files[path] = b"".join(chunks)


def example(format_: Format) -> dict[str, bytes]:
    """The files of a small data set: an item for each kind that the format holds."""
    sink, report = Memory(), Report()
    format_.write(iter(list(_items(format_))), sink, WriteOptions(), report)
    return sink.files


def _items(format_: Format) -> Iterable[WriteItem]:
    media = next(one for one in ("image", *FILES, "text", "conversation", "table") if one in format_.media)
    labels = [label for kind in sorted(format_.kinds) if (label := _label(format_, kind)) is not None]
    if not labels:
        yield WriteItem("talk", None, None, 0, 0, None, None, media, _content(media, ""))
    for number, label in enumerate(labels, start=1):
        media = _medium(format_, label)
        size = (6, 4) if label.kind == "mask" else (640, 480)
        name = FILES.get(media, media)
        stem, _, suffix = name.partition(".")
        name = f"{stem}_{number}" + (f".{suffix}" if suffix else "")
        text = _content(media, label.kind)
        yield WriteItem(name, _bytes(name, size), name, *size, (label,), None, media, text)


def _label(format_: Format, kind: str) -> LabelRecord | None:
    record = dict(LABEL_KINDS[kind].example)
    only = getattr(format_, "only_labels", ())
    if only:
        record["label"] = only[0]
    if kind == "cell":
        record["row"] = 1
    for key in ("holes", "grade", "grades", "speaker"):
        record.pop(key, None)
    if kind == "relation":
        record["target"] = record["source"]
    if format_.id == "rttm":
        record.pop("transcript")
    if format_.id == "mots":
        record["keyframes"] = [{"frame": 0, "shape": {"kind": "mask", "size": [4, 6], "counts": [5, 2, 2, 2, 2, 2, 9]}}]
    try:
        return LABEL_KINDS[kind].schema.model_validate(record)
    except ValidationError:
        return None


def _medium(format_: Format, label: LabelRecord) -> str:
    wanted = {"track": ("video",), "cuboid": ("point_cloud", "image"), "sound_segment": ("sound",), "span": ("text",)}
    for media in wanted.get(label.kind, ("image", "text", "sound", "conversation", "video")):
        if media in format_.media:
            return media
    return next(iter(sorted(format_.media)))


def _content(media: str, kind: str) -> str | None:
    if media == "text":
        return TEXT
    if media == "table":
        return '{"coil":"C-12","thickness":1.5,"CA-125 (U/ml)":"*946.9"}'
    talk = dict(TALK)
    if kind != "preference":
        talk.pop("answers")
    if kind == "class":
        talk["answers"] = [{"key": "completion", "text": "机头右侧。"}]
    return orjson.dumps(talk).decode() if media == "conversation" else None


def _bytes(name: str, size: tuple[int, int]) -> Memory:
    out = io.BytesIO()
    Image.new("L", size, 90).save(out, "PNG")
    return Memory({name: out.getvalue() if name.endswith(".png") else b"not decoded here"})


def read(format_: Format, files: dict[str, bytes]) -> Report:
    """What reading the example says."""
    report = Report()
    for _ in format_.read(Memory(files), report):
        pass
    return report


def page(format_: Format) -> str:
    """The page of a format."""
    files = example(format_)
    report = read(format_, files)
    said = (inspect.getdoc(sys.modules[type(format_).__module__]) or "").strip()
    own = re.sub(r"^Contract of `Format` for `[^`]+`[.:;,]?\s*", "", (inspect.getdoc(type(format_)) or "").strip())
    own = own[:1].upper() + own[1:]
    kinds = ", ".join(f"`{kind}`" for kind in sorted(format_.kinds)) or "none 无"
    keeps = "; ".join(words for key, words in KEEPS.items() if key in format_.keeps)
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(report.labels.items())) or "no labels"
    lines = [
        f"# {format_.title} (`{format_.id}`)",
        "",
        "Written by `python scripts/format_pages.py` from the registry; a test compares them.",
        "",
        said,
        "",
        *([own, ""] if own else []),
        f"- Label kinds 标注类型: {kinds}",
        f"- Items 条目: {', '.join(f'`{media}`' for media in sorted(format_.media))}",
        f"- What comes back beside the labels 除标注外保留: {keeps or 'nothing 无'}",
        "",
        "```sh",
        f"tongguan convert SOURCE TARGET --to {format_.id}      # what it cannot hold is listed under `refused`",
        f"tongguan convert TARGET ELSEWHERE --from {format_.id} --to coco",
        "tongguan inspect TARGET --json",
        "```",
        "",
        f"An example, read as {report.items} items with {counts}. 示例文件:",
        "",
    ]
    for name, data in sorted(files.items()):
        lines += _shown(name, data)
    return "\n".join(lines).rstrip() + "\n"


def _shown(name: str, data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return [f"`{name}`: {len(data):,} bytes", ""]
    if text == "not decoded here":
        return [f"`{name}`", ""]
    rows = [line[:300] + (" …" if len(line) > 300 else "") for line in text.splitlines()]
    more = ["…"] if len(rows) > SHOWN else []
    return [f"`{name}`", "", "```text", *rows[:SHOWN], *more, "```", ""]


def pages() -> dict[Path, str]:
    """Every page by its place."""
    found = {TARGET / f"{name}.md": page(format_) for name, format_ in FORMATS.items()}
    rows = [
        "# File formats 文件格式",
        "",
        "Written by `python scripts/format_pages.py`. The rules for all are in [the guide](../../guides/formats.md).",
        "",
        "| format | items 条目 | label kinds 标注类型 |",
        "|---|---|---|",
    ]
    for name, format_ in FORMATS.items():
        kinds = ", ".join(f"`{kind}`" for kind in sorted(format_.kinds)) or "none 无"
        rows.append(f"| [`{name}`]({name}.md) {format_.title} | {', '.join(sorted(format_.media))} | {kinds} |")
    return found | {TARGET / "README.md": "\n".join(rows) + "\n"}


def main() -> int:
    """Writes or checks the pages."""
    wrong = []
    for path, text in pages().items():
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(path.relative_to(ROOT).as_posix())
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in wrong:
        print(f"{name} differs: run python scripts/format_pages.py")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
