"""Training of the grader; the only part that imports PyTorch."""

from tongguan.train.recipes.ordinal_grading.run.training import train

__all__ = ["train"]
