"""Where training begins: the weights of the installed package, frozen and folded, or random ones that all learn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.detection.run import training
from tongguan.train.recipes.torch_parts import efficientnet

SMALL = {"size": 64, "width": 16, "depth": 1}


def begin(**settings: Any) -> tuple[training.Training, list[str]]:
    """A training before its first step, and the warnings."""
    said: list[str] = []
    job: Any = SimpleNamespace(seed=0, report=SimpleNamespace(warn=lambda code, message: said.append(code)))
    params = DetectionParams.model_validate({**SMALL, **settings})
    return training._begin(job, params, 2, torch.device("cpu")), said


def norms(module: nn.Module) -> int:
    """Batch norms that are left."""
    return sum(isinstance(one, nn.BatchNorm2d) for one in module.modules())


def test_folding_changes_nothing_but_speed() -> None:
    file = efficientnet.weights_file()
    assert file is not None
    plain, folded = efficientnet.EfficientNetLite0().eval(), efficientnet.EfficientNetLite0().eval()
    for model in (plain, folded):
        efficientnet.load_imagenet(model, file)
    folded.fold(efficientnet.BLOCKS)
    assert norms(folded) == 0
    picture = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        for one, two in zip(plain(picture), folded(picture), strict=True):
            assert torch.allclose(one, two, atol=1e-3)
            assert one.std() > 0.1, "the weights say something"


def test_frozen_blocks_give_the_same_without_gradients() -> None:
    model, said = begin(freeze=5)
    assert said == []
    backbone = model.model.backbone
    picture = torch.rand(3, 3, 64, 64)
    with torch.no_grad():
        plain = backbone(picture)
    for one, two in zip(plain, backbone(picture), strict=True):
        assert torch.allclose(one, two, atol=1e-4)
    assert not any(value.requires_grad for value in backbone.blocks[4].parameters())
    assert all(value.requires_grad for value in backbone.blocks[5].parameters())


def test_random_weights_learn_as_a_whole() -> None:
    model, said = begin(pretrained=False)
    assert said == []
    assert norms(model.model.backbone) > 0
    assert all(value.requires_grad for value in model.model.parameters())


def test_a_missing_package_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(efficientnet, "WEIGHTS_PACKAGE", "no_such_package_of_weights")
    model, said = begin()
    assert said == ["weights_missing"]
    assert norms(model.model.backbone) > 0
