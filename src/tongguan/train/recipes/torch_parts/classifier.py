"""The classifier: EfficientNet-Lite0 with its last convolution, the mean over the picture, one linear layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.job import Job
from tongguan.train.recipes.picture_parts.params import ClassifierParams
from tongguan.train.recipes.torch_parts.efficientnet import (
    BLOCKS,
    BN_EPS,
    EfficientNetLite0,
    SamePadConv,
    load_imagenet,
)
from tongguan.train.recipes.torch_parts.pictures import normalised, pretrained_file

LAST, FEATURES = 320, 1280


class Classifier(nn.Module):
    """Pictures -> logits. The names of backbone parts begin with `backbone.`, which the optimizer goes by."""

    def __init__(self, classes: int, dropout: float) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0()
        self.head = SamePadConv(LAST, FEATURES, 1, 1)
        self.head_norm = nn.BatchNorm2d(FEATURES, eps=BN_EPS)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(FEATURES, classes)
        nn.init.normal_(self.linear.weight, std=0.01)
        nn.init.zeros_(self.linear.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """Normalised pictures (N, 3, S, S) -> logits (N, classes)."""
        last = self.backbone(pictures)[-1]
        features = functional.relu6(self.head_norm(self.head(last)))
        logits: Tensor = self.linear(self.dropout(features.mean((2, 3))))
        return logits

    def load_imagenet(self, file: Path) -> None:
        """Backbone and last convolution as ImageNet left them."""
        load_imagenet(self.backbone, file)
        raw: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        for part, name in ((self.head, "_conv_head."), (self.head_norm, "_bn1.")):
            part.load_state_dict({key.removeprefix(name): raw[key] for key in raw if key.startswith(name)})


def begun(job: Job, params: ClassifierParams, outputs: int) -> Classifier:
    """A classifier with ImageNet weights where they are wanted and there, else with random ones."""
    torch.manual_seed(job.seed)
    model = Classifier(outputs, params.dropout)
    file = pretrained_file(job, params.pretrained)
    if file is not None:
        model.load_imagenet(file)
        model.backbone.fold(BLOCKS)
        model.backbone.freeze(params.freeze)
    return model


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, probabilities out. The temperature makes them fit the share right."""

    def __init__(self, model: Classifier, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, pictures: Tensor) -> Tensor:
        """uint8 (N, 3, S, S) -> (N, classes), rows that sum to 1."""
        return (self.model(normalised(pictures)) / self.temperature).softmax(dim=1)
