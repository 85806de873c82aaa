"""Training of the classifier; the only part that imports PyTorch."""

from tongguan.train.recipes.image_classification.run.training import train

__all__ = ["train"]
