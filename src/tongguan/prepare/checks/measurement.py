"""What is measured on a picture, once, from its bytes: everything that the checks need afterwards."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from tongguan.catalog.media.image import gray, probe
from tongguan.prepare.checks.perceptual import describe

# Brightness, contrast and sharpness are measured at about this shorter side, so that they mean the same for all sizes.
MEASURED_SIDE = 256


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures of one picture. `size` in bytes; width and height in px after EXIF rotation;
    light in gray levels of 0 to 255.

    `brightness` mean, `contrast` standard deviation, `spread` largest minus smallest, `sharpness` variance of the
    Laplacian (4-neighbour), all at about 256 px; `phash` and `tiny` see `perceptual`.
    """

    sha256: str
    size: int
    format: str
    width: int
    height: int
    brightness: float
    contrast: float
    spread: float
    sharpness: float
    phash: int
    tiny: bytes

    def to_json(self) -> dict[str, Any]:
        """A JSON object; the hash as 16 hex digits, the tiny picture as base64."""
        return {
            "sha256": self.sha256,
            "bytes": self.size,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "brightness": round(self.brightness, 3),
            "contrast": round(self.contrast, 3),
            "spread": round(self.spread, 3),
            "sharpness": round(self.sharpness, 3),
            "phash": f"{self.phash:016x}",
            "tiny": base64.b64encode(self.tiny).decode("ascii"),
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Measurement:
        """Reads what `to_json` wrote. Raises KeyError or ValueError on anything else."""
        return cls(
            sha256=str(raw["sha256"]),
            size=int(raw["bytes"]),
            format=str(raw["format"]),
            width=int(raw["width"]),
            height=int(raw["height"]),
            brightness=float(raw["brightness"]),
            contrast=float(raw["contrast"]),
            spread=float(raw["spread"]),
            sharpness=float(raw["sharpness"]),
            phash=int(str(raw["phash"]), 16),
            tiny=base64.b64decode(raw["tiny"]),
        )


def measure(data: bytes, name: str, sha256: str | None = None) -> Measurement:
    """Measures a picture. Raises catalog.media.base.MediaProblem: unreadable, truncated or wrong_type.

    All of the data is decoded, so that damage anywhere in the file is found; `sha256` saves hashing where it is known.
    """
    facts = probe(io.BytesIO(data), name)
    picture, width, height = gray(data, MEASURED_SIDE, "the file")
    levels = np.asarray(picture, dtype=np.float32)
    phash, tiny = describe(picture)
    return Measurement(
        sha256=sha256 or hashlib.sha256(data).hexdigest(),
        size=len(data),
        format=facts.format,
        width=width,
        height=height,
        brightness=float(levels.mean()),
        contrast=float(levels.std()),
        spread=float(levels.max() - levels.min()),
        sharpness=_sharpness(levels),
        phash=phash,
        tiny=tiny,
    )


def _sharpness(levels: np.ndarray[Any, np.dtype[np.float32]]) -> float:
    """Variance of the Laplacian: small where there are no edges and no grain, as in a blurred picture."""
    if min(levels.shape) < 3:
        return 0.0
    inner = levels[1:-1, 1:-1] * 4
    inner -= levels[:-2, 1:-1]
    inner -= levels[2:, 1:-1]
    inner -= levels[1:-1, :-2]
    inner -= levels[1:-1, 2:]
    return float(inner.var())
