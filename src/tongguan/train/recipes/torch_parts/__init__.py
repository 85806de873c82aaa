"""Parts that recipes share and that need PyTorch; imported by a recipe's `run` only."""
