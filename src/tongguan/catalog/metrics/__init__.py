"""Metrics: one folder each, with value and bootstrap interval."""
