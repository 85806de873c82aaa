"""Training of the memory; the only part that imports PyTorch."""

from tongguan.train.recipes.anomaly.run.training import train

__all__ = ["train"]
