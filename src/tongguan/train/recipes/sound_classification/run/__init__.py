"""Training of the classifier of sounds; the only part that imports PyTorch."""

from tongguan.train.recipes.sound_classification.run.training import train

__all__ = ["train"]
