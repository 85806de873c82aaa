"""Training of the screening; the only part that imports LightGBM and scikit-learn."""

from tongguan.train.recipes.tabular_screening.run.training import train

__all__ = ["train"]
