"""What the averaged detector finds on held-out pictures while it trains: without export, one view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.metrics.boxes import BoxItem
from tongguan.train.recipes.detection.suppress import suppress
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.letterbox import Letterboxed, letterbox
from tongguan.train.recipes.torch_parts.detector import MEAN, SCALE, Detector

BATCH = 8


class Eye:
    """Keeps the held-out pictures decoded, so that each look costs the model's time only."""

    def __init__(self, job: Job, labels: tuple[str, ...], size: int, overlap: float) -> None:
        self._job, self._labels, self._size, self._overlap = job, labels, size, overlap
        self._decoded: list[Letterboxed] = []

    def see(self, model: Detector, device: torch.device, items: Sequence[Item]) -> list[BoxItem]:
        """Truth and marks of the items."""
        if not self._decoded:
            self._decoded = [self._read(item) for item in items]
        judge = judge_of("detection")
        found: list[BoxItem] = []
        for start in range(0, len(items), BATCH):
            self._job.check_stop()
            some = self._decoded[start : start + BATCH]
            pixels = torch.from_numpy(np.stack([one.pixels for one in some])).to(device)
            with torch.no_grad():
                logits, boxes = model((pixels.permute(0, 3, 1, 2).float() - MEAN) / SCALE)
            scores = logits.sigmoid().cpu().numpy()
            places = boxes.cpu().numpy()
            for at, one in enumerate(some):
                marks = self._marks(one, places[at], scores[at])
                found.append(judge.item(items[start + at].records(), marks))
        return found

    def _read(self, item: Item) -> Letterboxed:
        with self._job.tree.open(item.path) as stream:
            return letterbox(stream.read(), self._size)

    def _marks(
        self,
        picture: Letterboxed,
        boxes: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
        scores: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    ) -> list[LabelRecord]:
        places, which, values = suppress(boxes, scores, self._overlap)
        corners = places.astype(np.float64) / (picture.factor * 2)
        return [
            BoxLabel(
                label=self._labels[label], x=left, y=top, width=right - left, height=bottom - top, score=float(score)
            )
            for (left, top, right, bottom), label, score in zip(corners, which, values, strict=True)
            if right > left and bottom > top
        ]
