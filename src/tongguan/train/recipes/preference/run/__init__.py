"""Training of the reward model; the only part that imports PyTorch."""

from tongguan.train.recipes.preference.run.training import train

__all__ = ["train"]
