"""Pictures of a scene, drawn simply: ground, zones, belt, and everything from far to near."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from tongguan.industries.mine.actors import BELT, EXPLOSIVES, LOADING, ROAD
from tongguan.industries.mine.scene import HEIGHT, WIDTH, Scene

COLOURS = {"person": (52, 74, 120), "helmet": (240, 200, 40), "vehicle": (196, 120, 40), "ore": (70, 62, 58)}
GROUND, BELT_COLOUR, ROAD_COLOUR = (146, 134, 118), (60, 60, 64), (120, 112, 102)


def draw_frame(scene: Scene, frame: int) -> bytes:
    """Frame number `frame` as JPEG bytes."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, ROAD[0] * HEIGHT, WIDTH, (ROAD[1] + 0.06) * HEIGHT), fill=ROAD_COLOUR)
    draw.rectangle(_pixels(BELT), fill=BELT_COLOUR)
    for zone in (LOADING, EXPLOSIVES):
        draw.rectangle(_pixels(zone), outline=(230, 220, 90), width=1)
    _stripes(draw, scene, frame)
    rows = [row for row in scene.tracks if row[0] == frame]
    for _, _, label, x, y, width, height, _ in sorted(rows, key=lambda row: row[4] + row[6]):
        place = (x, y, x + width, y + height)
        if label == "person":
            draw.ellipse((x + 0.2 * width, y, x + 0.8 * width, y + 0.16 * height), fill=(214, 170, 140))
            draw.rounded_rectangle((x, y + 0.15 * height, x + width, y + height), width / 3, fill=COLOURS[label])
        elif label == "helmet":
            draw.pieslice((x, y, x + width, y + 2 * height), 180, 360, fill=COLOURS[label])
        elif label == "vehicle":
            draw.rounded_rectangle(place, 4, fill=COLOURS[label])
            for share in (0.2, 0.8):
                wheel, radius = x + share * width, 0.16 * height
                draw.ellipse((wheel - radius, y + height - 2 * radius, wheel + radius, y + height), fill=(30, 30, 30))
        else:
            draw.ellipse(place, fill=COLOURS[label])
    grain = np.random.default_rng([frame, len(scene.tracks)]).normal(0, 4, (HEIGHT, WIDTH, 1))
    noisy = np.clip(np.asarray(picture, dtype=np.float64) + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=85)
    return out.getvalue()


def _pixels(zone: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return zone[0] * WIDTH, zone[1] * HEIGHT, zone[2] * WIDTH, zone[3] * HEIGHT


def _stripes(draw: ImageDraw.ImageDraw, scene: Scene, frame: int) -> None:
    """Marks on the belt that move with it."""
    left, top, right, bottom = _pixels(BELT)
    offset = float(scene.running[: frame + 1].sum()) * 6 % 24
    for x in np.arange(left + offset, right - 2, 24).tolist():
        draw.line((x, top + 2, x, bottom - 2), fill=(84, 84, 88))
