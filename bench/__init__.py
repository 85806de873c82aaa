"""Figures of speed and memory: `python -m bench`, or `python -m bench NAME ...`."""
