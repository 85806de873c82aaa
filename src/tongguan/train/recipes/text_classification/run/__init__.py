"""Training of the classifier of texts; the only part that imports PyTorch."""

from tongguan.train.recipes.text_classification.run.training import train

__all__ = ["train"]
