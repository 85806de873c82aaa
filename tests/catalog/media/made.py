"""Small files of every media type, made here; each function gives the bytes of one file."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Sequence

import numpy as np
import soundfile
from PIL import Image
from pypdf import PdfWriter

from tests.catalog.samples import encoded, noise

XYZ = np.array([[0.0, 0.0, 0.0], [1.5, -2.0, 0.25], [10.0, 5.0, 3.0]])


def sound(
    kind: str = "WAV", rate: int = 8000, seconds: float = 0.5, channels: int = 1, subtype: str | None = None
) -> bytes:
    times = np.arange(round(rate * seconds)) / rate
    wave = np.stack([0.5 * np.sin(2 * np.pi * 440 * times)] * channels, axis=1)
    out = io.BytesIO()
    soundfile.write(out, wave, rate, format=kind, subtype=subtype)
    return out.getvalue()


def tiff(pages: int = 3, mode: str = "L", side: int = 40) -> bytes:
    pictures = []
    for page in range(pages):
        if mode == "I;16":
            values = np.random.default_rng(page).integers(0, 65535, (side, side), dtype=np.uint16)
            pictures.append(Image.fromarray(values))
        else:
            pictures.append(noise(side, side, page).convert(mode))
    out = io.BytesIO()
    pictures[0].save(out, "TIFF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def messages(count: int = 2) -> bytes:
    record = {"messages": [{"role": "user", "content": "炉温多少？"}, {"role": "assistant", "content": "1,250 ℃"}]}
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for _ in range(count)).encode()


def series(rows: int = 30, step: int = 3600) -> bytes:
    times = np.datetime64("2024-01-01T00:00:00") + np.arange(rows) * np.timedelta64(step, "s")
    lines = [
        "date,load,OT",
        *(f"{str(time).replace('T', ' ')},{at * 0.5},{20 + at % 7}" for at, time in enumerate(times)),
    ]
    return "\n".join(lines).encode()


def pcd(coding: str = "binary", points: np.ndarray = XYZ) -> bytes:
    head = (
        "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\n"
        f"WIDTH {len(points)}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {len(points)}\nDATA {coding}\n"
    ).encode()
    rows = np.column_stack([points, np.arange(len(points))]).astype("<f4")
    if coding == "ascii":
        return head + "\n".join(" ".join(f"{value:g}" for value in row) for row in rows).encode() + b"\n"
    if coding == "binary":
        return head + rows.tobytes()
    plain = rows.T.tobytes()
    packed = b"".join(
        bytes([len(part) - 1]) + part for part in (plain[at : at + 32] for at in range(0, len(plain), 32))
    )
    return head + struct.pack("<II", len(packed), len(plain)) + packed


def ply(coding: str = "binary_little_endian", points: np.ndarray = XYZ) -> bytes:
    head = (
        f"ply\nformat {coding} 1.0\nelement vertex {len(points)}\nproperty float x\nproperty float y\n"
        "property float z\nproperty uchar red\nend_header\n"
    ).encode()
    if coding == "ascii":
        return head + "".join(f"{x:g} {y:g} {z:g} 7\n" for x, y, z in points).encode()
    order = "<" if "little" in coding else ">"
    return head + b"".join(struct.pack(f"{order}fffB", *row, 7) for row in points)


def kitti(points: np.ndarray = XYZ) -> bytes:
    return np.column_stack([points, np.full(len(points), 0.5)]).astype("<f4").tobytes()


def las(points: np.ndarray = XYZ, version: int = 2) -> bytes:
    scale, size = 0.001, 227 if version < 4 else 375
    head = bytearray(size)
    head[:4], head[24], head[25] = b"LASF", 1, version
    struct.pack_into("<HIIBH", head, 94, size, size, 0, 0, 20)
    struct.pack_into("<I", head, 107, len(points))
    struct.pack_into("<6d", head, 131, scale, scale, scale, 0, 0, 0)
    low, high = points.min(axis=0), points.max(axis=0)
    struct.pack_into("<6d", head, 179, high[0], low[0], high[1], low[1], high[2], low[2])
    if version >= 4:
        struct.pack_into("<Q", head, 247, len(points))
    whole = np.round(points / scale).astype("<i4")
    rows = b"".join(row.tobytes() + struct.pack("<H6x", 9) for row in whole)
    return bytes(head) + rows


def pdf(pages: int = 2, password: str = "") -> bytes:
    book = PdfWriter()
    for _ in range(pages):
        book.add_blank_page(width=595, height=842)
    if password:
        book.encrypt(password)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


Sample = tuple[str, Callable[[], bytes]]
SAMPLES: dict[str, Sequence[Sample]] = {
    "image": [
        ("a.jpg", lambda: encoded(noise(64, 48))),
        ("a.png", lambda: encoded(noise(64, 48), "PNG")),
        ("a.webp", lambda: encoded(noise(64, 48), "WEBP")),
        ("a.bmp", lambda: encoded(noise(64, 48), "BMP")),
        ("a.tif", tiff),
        ("deep.tif", lambda: tiff(2, "I;16")),
    ],
    "sound": [
        ("a.wav", sound),
        ("deep.wav", lambda: sound(rate=96000, channels=2, subtype="PCM_24")),
        ("float.wav", lambda: sound(rate=11025, subtype="FLOAT")),
        ("a.flac", lambda: sound("FLAC", 44100)),
        ("a.ogg", lambda: sound("OGG", 22050)),
        ("a.mp3", lambda: sound("MP3", 16000)),
    ],
    "text": [
        ("a.txt", lambda: "钢板表面缺陷的说明。\r\n第二行 🙂\n".encode()),
        ("b.txt", lambda: "钢板表面的缺陷\n".encode("gb18030")),
    ],
    "conversation": [("a.jsonl", messages)],
    "table": [("a.csv", lambda: "名称,厚度\n甲,1.5\n乙,2\n".encode())],
    "series": [("a.csv", series)],
    "point_cloud": [
        ("a.pcd", pcd),
        ("ascii.pcd", lambda: pcd("ascii")),
        ("packed.pcd", lambda: pcd("binary_compressed")),
        ("a.ply", ply),
        ("big.ply", lambda: ply("binary_big_endian")),
        ("ascii.ply", lambda: ply("ascii")),
        ("a.bin", kitti),
        ("a.las", las),
        ("new.las", lambda: las(version=4)),
    ],
    "document": [("a.pdf", pdf)],
    "video": [],  # made by test_video.py where PyAV is installed
}
