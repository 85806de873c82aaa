"""The baseline: boxes of neighbouring frames that overlap are one thing. No motion, no waiting, no second look."""

from __future__ import annotations

import numpy as np

from tongguan.train.recipes.track_parts.association import overlap_table
from tongguan.train.recipes.track_parts.detections import Detections
from tongguan.train.recipes.track_parts.tracker import Track

LEAST_OVERLAP = 0.3
LEAST_SCORE = 0.5


def link_greedily(found: Detections) -> list[Track]:
    """By falling overlap each box of a frame takes a box of the frame before, of its class."""
    open_: dict[int, list[int]] = {}
    done: list[list[int]] = []
    edges = np.searchsorted(found.frame, np.arange(found.facts.frames + 1))
    centred = np.column_stack([found.xywh[:, :2] + found.xywh[:, 2:] / 2, found.xywh[:, 2:]])
    for frame in range(found.facts.frames):
        rows = np.arange(edges[frame], edges[frame + 1])
        rows = rows[found.score[rows] >= LEAST_SCORE]
        before = np.array(list(open_), dtype=np.int64)
        table = overlap_table(centred[before], centred[rows])
        table[found.label[before][:, None] != found.label[rows][None]] = 0
        linked: dict[int, list[int]] = {}
        for place in np.argsort(-table, axis=None, kind="stable").tolist():
            one, other = divmod(place, len(rows))
            if table[one, other] < LEAST_OVERLAP:
                break
            if int(before[one]) in open_ and int(rows[other]) not in linked:
                linked[int(rows[other])] = [*open_.pop(int(before[one])), int(rows[other])]
        done += open_.values()
        open_ = {int(row): linked.get(int(row), [int(row)]) for row in rows}
    done += open_.values()
    return [
        Track(
            found.labels[int(found.label[one[0]])],
            found.frame[one],
            found.xywh[one],
            found.score[one],
        )
        for one in (np.array(rows, dtype=np.int64) for rows in done)
    ]
