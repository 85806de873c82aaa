"""Fitting of the forecast in closed form; NumPy alone."""

from tongguan.train.recipes.forecasting.run.training import train

__all__ = ["train"]
