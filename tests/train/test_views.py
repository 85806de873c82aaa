"""The mean over mirror images: a mirrored picture has the mirrored answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.start import checked_params
from tongguan.train.recipes.torch_parts.detector import Detector, Exported, mirrored_cells, resized, smaller_size


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


def test_the_smaller_look_gives_boxes_of_the_picture_as_it_is() -> None:
    torch.manual_seed(0)
    detector = Detector(2, 96, width=16, depth=1).eval()
    both, alone = Exported(detector, views=2, scales=2), Exported(resized(detector, 64), views=2)
    picture = torch.from_numpy(np.random.default_rng(0).integers(0, 255, (1, 3, 96, 96), dtype=np.uint8))
    small = torch.nn.functional.interpolate(picture.float(), (64, 64), mode="bilinear")
    with torch.no_grad():
        boxes, scores = both(picture)
        first_boxes, first_scores = Exported(detector, views=2)(picture)
        second_boxes, second_scores = alone(small)
    cells = first_scores.shape[1]
    assert cells == 12 * 12 + 6 * 6 + 3 * 3
    assert torch.equal(scores[:, :cells], first_scores)
    assert torch.equal(boxes[:, :cells], first_boxes)
    assert torch.allclose(scores[:, cells:], second_scores, atol=1e-5)
    assert torch.allclose(boxes[:, cells:], second_boxes * 1.5, atol=1e-2)
    assert len(list(both.parameters())) == len(list(detector.parameters())), "the weights are there once"
    assert [smaller_size(size) for size in (64, 96, 192, 256, 512)] == [64, 64, 160, 224, 416]


def test_only_views_that_training_saw_are_used() -> None:
    assert DetectionParams().used_views() == 4
    assert DetectionParams(flip_y=False).used_views() == 2
    assert DetectionParams(flip_x=False).used_views() == 1
    assert DetectionParams(views=1).used_views() == 1
    with pytest.raises(UsageProblem, match="1, 2 or 4"):
        checked_params("detection", {"views": "3"})
