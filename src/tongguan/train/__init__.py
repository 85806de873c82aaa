"""Training: recipes, runs, and what a run leaves behind."""
