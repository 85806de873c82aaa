"""Training of the detector of turned boxes; the only part that imports PyTorch."""

from tongguan.train.recipes.oriented_detection.run.training import train

__all__ = ["train"]
