"""Measuring a model on labelled items: figures with intervals, comparison of two models, a page. No database."""

from tongguan.evaluate.measure.compare import Difference, difference
from tongguan.evaluate.measure.evaluation import Evaluation, evaluate

__all__ = ["Difference", "Evaluation", "difference", "evaluate"]
