"""The mean over mirror images: a mirrored picture has the mirrored answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.start import checked_params
from tongguan.train.recipes.torch_parts.detector import Detector, Exported, mirrored_cells


def test_a_mirrored_picture_has_the_mirrored_answer() -> None:
    torch.manual_seed(0)
    model = Exported(Detector(2, 64, width=16, depth=1), views=4).eval()
    picture = torch.from_numpy(np.random.default_rng(0).integers(0, 255, (1, 3, 64, 64), dtype=np.uint8))
    with torch.no_grad():
        boxes, scores = model(picture)
        for axis in (0, 1):
            mirrored_boxes, mirrored_scores = model(picture.flip(axis + 2))
            order = mirrored_cells(64, axis)
            assert torch.allclose(mirrored_scores[:, order], scores, atol=1e-6)
            low, high = (1, 3) if axis == 0 else (0, 2)
            assert torch.allclose(64 - mirrored_boxes[:, order][..., high], boxes[..., low], atol=1e-3)


def test_only_views_that_training_saw_are_used() -> None:
    assert DetectionParams().used_views() == 4
    assert DetectionParams(flip_y=False).used_views() == 2
    assert DetectionParams(flip_x=False).used_views() == 1
    assert DetectionParams(views=1).used_views() == 1
    with pytest.raises(UsageProblem, match="1, 2 or 4"):
        checked_params("detection", {"views": "3"})
