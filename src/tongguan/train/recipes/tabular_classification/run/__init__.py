"""Training of the classifier of rows; the only part that imports LightGBM and scikit-learn."""

from tongguan.train.recipes.tabular_classification.run.training import train

__all__ = ["train"]
