"""Training of the detector in point clouds; the only part that imports PyTorch."""

from tongguan.train.recipes.cuboid_detection.run.training import train

__all__ = ["train"]
