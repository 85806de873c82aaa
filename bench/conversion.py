"""Conversion of 1,000,000 boxes from COCO to YOLO and on to Pascal VOC: items/s and peak memory, ours and globox's.

Both run as processes of their own on the same files in the same run and write label files alone; ours once more
with the pictures. Every box of the VOC files at the end is compared with the box that was made. Of the public tools
that were tried (globox, supervision, pylabel), globox was the quickest; it is named in the optional extra `compare`.
`TONGGUAN_BENCH_COMPARE` names the Python of another environment that has it; without either the comparison is left out.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from bench._boxes import CLASSES, compare_voc, make_coco
from bench._measured import MIB, Measured, measured

PICTURES, EACH = 100_000, 10
TARGET_PEAK_MIB = 300
COMMAND = "import sys; from tongguan.cli.main import main; sys.argv[0] = 'tongguan'; main()"
# What a user of the library writes for the same two steps.
TO_YOLO = f"""
import sys, globox
names = {{f"class{{number:02d}}": number for number in range({CLASSES})}}
globox.AnnotationSet.from_coco(sys.argv[1]).save_yolo_v5(sys.argv[3], label_to_id=names)
"""
TO_VOC = f"""
import sys, globox
found = globox.AnnotationSet.from_yolo_v5(sys.argv[1], image_folder=sys.argv[2], image_extension=".png")
found.map_labels({{str(number): f"class{{number:02d}}" for number in range({CLASSES})}})
found.save_pascal_voc(sys.argv[3])
"""


def run(pictures: int = PICTURES, each: int = EACH) -> dict[str, Any]:
    """Makes the data set, converts it twice with each program, and compares what came out with what went in."""
    with tempfile.TemporaryDirectory(prefix="conversion-") as name:
        folder = Path(name)
        make_coco(folder / "coco", pictures, each)
        result: dict[str, Any] = {"pictures": pictures, "boxes": pictures * each, "target_peak_mib": TARGET_PEAK_MIB}
        result["ours"] = ours(folder, pictures, each)
        result["globox"] = theirs(folder, pictures, each)
        result["ours_with_pictures"] = ours(folder, pictures, each, copied=True)
    if "coco_to_yolo" in result["globox"]:
        result["times_faster"] = {step: _times(result, step) for step in ("coco_to_yolo", "yolo_to_voc")}
    return result


def ours(folder: Path, pictures: int, each: int, copied: bool = False) -> dict[str, Any]:
    """`tongguan convert`, twice: label files alone, or the pictures too."""
    found: dict[str, Any] = {}
    images = folder / "coco" / "images"
    for source, target in (("coco", "yolo"), ("yolo", "voc")):
        if source == "yolo" and not copied:
            # Relative numbers are read with the pictures: they lie beside the label files for that time.
            images = images.rename(folder / "yolo" / "images")
        command = [sys.executable, "-c", COMMAND, "convert", str(folder / source), str(folder / target)]
        command += [] if copied else ["--no-pictures"]
        done = measured([*command, "--from", source, "--to", target, "--json"])
        said = json.loads(done.output)
        if said["refused"] or said["written"]["labels"] != {"box": pictures * each}:
            raise RuntimeError(f"{source} to {target} lost something: {done.output[:500]}")
        found[f"{source}_to_{target}"] = _figures(done, pictures, each)
    found["against_what_was_made"] = compare_voc(folder / "voc" / "Annotations", pictures, each, 1)
    if not copied:
        images.rename(folder / "coco" / "images")
    for target in ("yolo", "voc"):
        shutil.rmtree(folder / target)
    return found


def theirs(folder: Path, pictures: int, each: int) -> dict[str, Any]:
    """globox, twice, label files alone."""
    python = os.environ.get("TONGGUAN_BENCH_COMPARE") or sys.executable
    if python == sys.executable and importlib.util.find_spec("globox") is None:
        return {"left_out": "globox is not installed: pip install 'tongguan[compare]'"}
    version = subprocess.run(
        [python, "-c", "import importlib.metadata as m; print(m.version('globox'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    found: dict[str, Any] = {"version": version}
    labels, pictures_folder = folder / "globox-yolo", folder / "coco" / "images"
    coco = folder / "coco" / "annotations" / "instances.json"
    steps = (("coco_to_yolo", TO_YOLO, coco, labels), ("yolo_to_voc", TO_VOC, labels, folder / "globox-voc"))
    for step, program, source, target in steps:
        target.mkdir()
        done = measured([python, "-c", program, str(source), str(pictures_folder), str(target)])
        found[step] = _figures(done, pictures, each)
    # It counts pixels from 0 where VOC counts from 1.
    found["against_what_was_made"] = compare_voc(folder / "globox-voc", pictures, each, 0)
    for made in (labels, folder / "globox-voc"):
        shutil.rmtree(made)
    return found


def _figures(done: Measured, pictures: int, each: int) -> dict[str, Any]:
    return {
        "seconds": round(done.seconds, 1),
        "processor_seconds": round(done.processor_seconds, 1),
        "items_per_second": round(pictures / done.seconds),
        "boxes_per_second": round(pictures * each / done.seconds),
        "peak_mib": round(done.peak_bytes / MIB),
        "load_1": round(psutil.getloadavg()[0], 1),
    }


def _times(result: dict[str, Any], step: str) -> dict[str, float]:
    mine, other = result["ours"][step], result["globox"][step]
    return {
        "by_the_clock": round(other["seconds"] / mine["seconds"], 2),
        "by_processor": round(other["processor_seconds"] / mine["processor_seconds"], 2),
        "memory": round(other["peak_mib"] / mine["peak_mib"], 2),
    }
