"""Recipes: what can be trained, runs on disk, and the one way to load a trained model."""

from tongguan.train.recipes.registry import RECIPES, load_predictor

__all__ = ["RECIPES", "load_predictor"]
