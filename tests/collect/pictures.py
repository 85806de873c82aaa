"""Pictures for tests, drawn here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int, width: int = 96, height: int = 80, form: str = "JPEG") -> bytes:
    """A textured gray picture, different for every seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 215, (5, 6), dtype=np.uint8)
    large = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    noise = rng.integers(-12, 13, (height, width), dtype=np.int16)
    out = io.BytesIO()
    Image.fromarray(np.clip(large + noise, 0, 255).astype(np.uint8)).save(out, form, quality=92)
    return out.getvalue()


def folder_of(root: Path, count: int, prefix: str = "plate") -> Path:
    """A folder of pictures `plate-000_0.jpg` …, two of each plate."""
    root.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (root / f"{prefix}-{number // 2:03d}_{number % 2}.jpg").write_bytes(picture(number))
    return root


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def voc(name: str, boxes: list[tuple[str, int, int, int, int]], width: int = 96, height: int = 80) -> bytes:
    """A VOC file; boxes are label, xmin, ymin, xmax, ymax, 1-based inclusive."""
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax>"
        "</bndbox></object>"
        for label, a, b, c, d in boxes
    )
    size = f"<size><width>{width}</width><height>{height}</height><depth>1</depth></size>"
    return f"<annotation><filename>{name}</filename>{size}{objects}</annotation>".encode()
