"""The search for how the numbers of rules are taken; NumPy and SciPy alone."""

from tongguan.train.recipes.video_events.run.training import train

__all__ = ["train"]
