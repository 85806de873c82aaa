"""Merging several people's answers to the same tasks: one file per algorithm, pure NumPy."""
