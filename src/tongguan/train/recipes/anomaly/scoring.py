"""From a map of distances to the score of a picture and the regions that stand out. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.letterbox import Letterboxed
from tongguan.train.recipes.picture_parts.regions import regions

STRIDE = 8
"""Input pixels of a cell of the map."""
TOP = 0.02
"""Share of a picture's cells, the farthest ones, whose mean distance is the picture's."""
MOST_REGIONS = 20
Floats = NDArray[np.float64]


def seen_part(distances: NDArray[np.float32], picture: Letterboxed) -> Floats:
    """Of the map (cells, cells) what lies in the picture, without the grey border."""
    wide, high = round(picture.width * picture.factor[0]), round(picture.height * picture.factor[1])
    rows, columns = max(1, high // STRIDE), max(1, wide // STRIDE)
    return distances[:rows, :columns].astype(np.float64)


def picture_distance(seen: Floats) -> float:
    """The mean of the farthest fiftieth of the cells, at least of one."""
    count = max(1, int(seen.size * TOP))
    return float(np.partition(seen.ravel(), seen.size - count)[-count:].mean())


def farther(patches: float, apart: float, usual: float, usual_apart: float | None) -> float:
    """The larger of the distance of patches and that of the whole picture, each by its usual value."""
    return max(patches / usual, apart / usual_apart) if usual_apart else patches / usual


def share(distance: float, usual: float) -> float:
    """0 for a picture like the good ones, 0.5 at the distance `usual`, towards 1 beyond; in (0, 1), always rising."""
    return distance / (distance + usual)


def enough_for(count: int, alarms: float) -> bool:
    """Whether so many good pictures can tell a share of alarms: else the farthest of them is taken."""
    return int(np.ceil((1 - alarms) * (count + 1))) <= count


def usual_distance(good: Sequence[float], alarms: float) -> float:
    """The distance that at most a share `alarms` of new good pictures passes: of n seen, the one at place
    (1 - alarms) (n + 1) from below (split conformal, Vovk et al. 2005), the largest where n is too small."""
    ranked = np.sort(np.asarray(good, dtype=float))
    at = int(np.ceil((1 - alarms) * (len(ranked) + 1)))
    # A hair above, so that the good picture that fixed it is not called anomalous itself.
    return float(ranked[min(at, len(ranked)) - 1]) * (1 + 1e-6)


def standing_out(seen: Floats, usual: float) -> list[tuple[float, tuple[int, int, int, int]]]:
    """Regions of cells beyond `usual`: their largest distance and left, top, right, bottom in cells, farthest first."""
    numbers, count = regions(seen > usual)
    found = []
    for number in range(1, count + 1):
        rows, columns = np.nonzero(numbers == number)
        edges = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
        found.append((float(seen[rows, columns].max()), edges))
    return sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_REGIONS]
