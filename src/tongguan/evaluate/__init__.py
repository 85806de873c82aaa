"""Evaluation: how good a model is, on what, and compared with which."""
