"""Fitting of the watcher in closed form; NumPy alone."""

from tongguan.train.recipes.series_anomaly.run.training import train

__all__ = ["train"]
