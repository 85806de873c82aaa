"""Programs for the pages of media types and checks: each makes its own files, and the page shows what it prints."""

from __future__ import annotations

NOISE = """
import numpy as np
from PIL import Image

def picture(name, seed, low=0, high=255, size=(160, 120)):
    values = np.random.default_rng(seed).integers(low, high, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    Image.fromarray(values).resize(size).save(name, quality=95)

for number in range(6):
    picture(f"p{number}.jpg", number)
"""

LOOK = """
from tongguan.catalog.formats.registry import detect
from tongguan.catalog.formats.tree import open_tree
from tongguan.prepare.checks.inspection import inspect_tree

tree = open_tree(".")
for problem in inspect_tree(tree, detect(tree, unlabelled=True).format).problems:
    print(problem.item, problem.check, problem.other or "")
"""

BOXES = """
import json

boxes = [{"id": 1, "image_id": 1, "category_id": 1, "bbox": BOX, "area": 1, "iscrowd": 0}]
content = {"images": [{"id": 1, "file_name": "p1.jpg", "width": 160, "height": 120}],
           "categories": [{"id": 1, "name": "scratches"}], "annotations": boxes}
with open("instances_train.json", "w") as file:
    json.dump(content, file)
"""

SPANS = """
from tongguan.catalog.labels.registry import parse_labels
from tongguan.prepare.checks import CHECKS, ItemFacts

labels = parse_labels([MARKS])
for problem in CHECKS["WHICH"].item(ItemFacts("a.txt:1", labels=labels)):
    print(problem.item, problem.check, problem.detail)
"""

TABLE = """
from tongguan.catalog.formats.tree import open_tree
from tongguan.prepare.checks.inspection import inspect_tables

for problem in inspect_tables(open_tree(".")).problems:
    if problem.check == "WHICH":
        print(problem.item, problem.detail)
"""

ROWS = """
lines = ["plate,width,thickness,defect,split"]
for number in range(60):
    bad = number % 3 == 0
    lines.append(f"P{number},{1200 + number * 7 % 50}.5,{2 + number % 11 / 10},{'crack' if bad else 'ok'},train")
EDIT
with open("plates.csv", "w") as file:
    file.write("\\n".join(lines))
"""


def _rows(edit: str, check: str) -> str:
    return ROWS.replace("EDIT", edit) + TABLE.replace("WHICH", check)


def _boxes(box: str) -> str:
    return NOISE + BOXES.replace("BOX", box) + LOOK


def _spans(marks: str, check: str) -> str:
    return SPANS.replace("MARKS", marks).replace("WHICH", check)


CHECKS: dict[str, str] = {
    "unreadable": NOISE + 'open("p6.jpg", "wb").close()\n' + LOOK,
    "truncated": NOISE
    + 'data = open("p0.jpg", "rb").read()\nopen("p6.jpg", "wb").write(data[: len(data) // 2])\n'
    + LOOK,
    "wrong_type": NOISE + 'picture("p6.png", 6)\nopen("p6.jpg", "wb").write(open("p6.png", "rb").read())\n'
    'import os\nos.remove("p6.png")\n' + LOOK,
    "duplicate": NOISE + 'open("p6.jpg", "wb").write(open("p0.jpg", "rb").read())\n' + LOOK,
    "near_duplicate": NOISE + 'Image.open("p0.jpg").save("p6.jpg", quality=60)\n' + LOOK,
    "blank": NOISE + 'Image.new("RGB", (160, 120), (200, 200, 200)).save("p6.jpg")\n' + LOOK,
    "dark": NOISE + 'picture("p6.jpg", 6, high=45)\n' + LOOK,
    "blurred": NOISE
    + 'from PIL import ImageFilter\nblurred = Image.open("p5.jpg").filter(ImageFilter.GaussianBlur(12))\n'
    'blurred.transpose(Image.Transpose.ROTATE_180).save("p6.jpg")\n' + LOOK,
    "size_outlier": NOISE + 'picture("p6.jpg", 6, size=(640, 480))\n' + LOOK,
    "label_outside": _boxes("[100, 80, 90, 20]"),
    "zero_area": _boxes("[40, 40, 0, 20]"),
    "self_crossing": _spans(
        '{"kind": "polygon", "label": "rust", "points": [[0, 0], [10, 10], [10, 0], [0, 10]]}', "self_crossing"
    ),
    "label_overlap": _spans(
        '\n    {"kind": "span", "label": "PER", "start": 0, "end": 4},\n'
        '    {"kind": "span", "label": "ORG", "start": 2, "end": 6},\n',
        "label_overlap",
    ),
    "leaking_column": _rows(
        'verdicts = ["bad" if "crack" in line else "good" for line in lines[1:]]\n'
        'lines = [f"{line},{verdict}" for line, verdict in zip(lines, ["inspector verdict", *verdicts])]',
        "leaking_column",
    ),
    "split_group": NOISE + 'import os\nos.makedirs("train")\nos.makedirs("val")\nos.rename("p0.jpg", "train/p0.jpg")\n'
    'Image.open("train/p0.jpg").save("val/copy.jpg", quality=60)\n' + LOOK,
    "dirty_value": _rows("lines[5] = lines[5].replace('1228.5', '\"*1,228.5\"')", "dirty_value"),
    "missing_value": _rows('lines[5] = lines[5].replace("1228.5", "NA")', "missing_value"),
}

PROBE = """
from tongguan.catalog.media.registry import MEDIA_TYPES

with open("NAME", "rb") as stream:
    facts = MEDIA_TYPES["KIND"].verify(stream, "NAME")
print(facts.format, facts.mime)
for name in MEDIA_TYPES["KIND"].figures:
    print(name, facts.details[name])
"""


def _probe(make: str, kind: str, name: str) -> str:
    return make + PROBE.replace("NAME", name).replace("KIND", kind)


MEDIA: dict[str, str] = {
    "image": _probe('from PIL import Image\n\nImage.new("I;16", (64, 48)).save("scan.tif")\n', "image", "scan.tif"),
    "video": _probe(
        "import av\nimport numpy as np\n\n"
        'with av.open("belt.mp4", "w") as file:\n    stream = file.add_stream("mpeg4", rate=25)\n'
        '    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"\n'
        "    for number in range(50):\n        pixels = np.full((48, 64, 3), number * 5, dtype=np.uint8)\n"
        '        file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))\n'
        "    file.mux(stream.encode(None))\n",
        "video",
        "belt.mp4",
    ),
    "sound": _probe(
        'import numpy as np\nimport soundfile\n\nsoundfile.write("motor.flac", np.zeros(16000), 16000)\n',
        "sound",
        "motor.flac",
    ),
    "text": _probe(
        'words = "划伤长于 5 毫米算缺陷。\\n锈斑另记。\\n"\n'
        'with open("rules.txt", "w", encoding="gb18030") as file:\n    file.write(words)\n',
        "text",
        "rules.txt",
    ),
    "conversation": _probe(
        'import json\n\nturns = [{"role": "user", "content": "炉温多少？"}]\n'
        'turns += [{"role": "assistant", "content": "1,250 ℃"}]\n'
        'with open("chats.jsonl", "w") as file:\n    file.write(json.dumps({"messages": turns}) + "\\n")\n',
        "conversation",
        "chats.jsonl",
    ),
    "table": _probe(
        'with open("plates.csv", "w", encoding="gb18030") as file:\n'
        '    file.write("板号;厚度;缺陷\\nA1;*2.5;划伤\\nA2;1,250.0;无\\n")\n',
        "table",
        "plates.csv",
    ),
    "series": _probe(
        'with open("load.csv", "w") as file:\n    file.write("date,load\\n")\n'
        '    file.writelines(f"2024-01-01 {hour:02}:00:00,{hour * 1.5}\\n" for hour in range(24) if hour != 7)\n',
        "series",
        "load.csv",
    ),
    "point_cloud": _probe(
        'import numpy as np\n\nnp.random.default_rng(0).random((500, 4), dtype=np.float32).tofile("drift.bin")\n',
        "point_cloud",
        "drift.bin",
    ),
    "document": _probe(
        "from pypdf import PdfWriter\n\nbook = PdfWriter()\nbook.add_blank_page(width=595, height=842)\n"
        'book.write("contract.pdf")\n',
        "document",
        "contract.pdf",
    ),
}
