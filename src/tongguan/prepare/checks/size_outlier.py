"""Pictures whose size is far from the batch's usual one: a thumbnail or a scan among photographs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tongguan.prepare.checks.base import BaseCheck, Batch, Problem

FEWEST = 5
FACTOR = 4.0
SPREADS = 5.0


class SizeOutlier(BaseCheck):
    """Warns. Needs five pictures to know what is usual."""

    id = "size_outlier"
    title = "a size unlike the others"

    def batch(self, batch: Batch) -> Iterator[Problem]:
        """Area off the median by a factor of 4, or width / height by 2, and either by 5 usual deviations."""
        measured = [facts for facts in batch.in_order() if facts.measurement is not None]
        if len(measured) < FEWEST:
            return
        sizes = np.array([(f.measurement.width, f.measurement.height) for f in measured if f.measurement], dtype=float)
        area = np.log(sizes[:, 0] * sizes[:, 1])
        shape = np.log(sizes[:, 0] / sizes[:, 1])
        odd = _far(area, float(np.log(FACTOR))) | _far(shape, float(np.log(FACTOR / 2)))
        usual = np.median(sizes, axis=0)
        for facts, size, flagged in zip(measured, sizes, odd, strict=True):
            if flagged and not facts.known:
                detail = f"{size[0]:.0f} x {size[1]:.0f} px, usual is {usual[0]:.0f} x {usual[1]:.0f} px"
                yield Problem(facts.name, self.id, detail)


def _far(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], limit: float
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    off = np.abs(values - np.median(values))
    # 1.4826 x the median deviation is the standard deviation where values are normal.
    usual = 1.4826 * float(np.median(off))
    return (off >= limit) & (off > SPREADS * usual)
