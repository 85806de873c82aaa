"""Training of the tagger; the only part that imports PyTorch."""

from tongguan.train.recipes.span_extraction.run.training import train

__all__ = ["train"]
