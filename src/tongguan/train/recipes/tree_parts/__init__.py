"""Growing trees with LightGBM and scikit-learn: imported only by the `run` of a recipe."""
