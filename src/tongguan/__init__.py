"""Tongguan 通关: from raw data to a model that holds up on the line, gate by gate."""

__version__ = "0.1.0"
