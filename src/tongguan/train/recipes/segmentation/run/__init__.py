"""Training of the segmenter; the only part that imports PyTorch."""

from tongguan.train.recipes.segmentation.run.training import train

__all__ = ["train"]
