"""Training of speech to text; the only part that imports PyTorch."""

from tongguan.train.recipes.speech_to_text.run.training import train

__all__ = ["train"]
