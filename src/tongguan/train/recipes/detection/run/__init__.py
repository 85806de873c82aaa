"""Training of the detector; the only part of the recipe that needs PyTorch."""

from tongguan.train.recipes.detection.run.training import train

__all__ = ["train"]
