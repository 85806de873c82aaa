"""The search for settings of the tracker; NumPy and SciPy alone."""

from tongguan.train.recipes.tracking.run.training import train

__all__ = ["train"]
