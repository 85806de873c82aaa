"""Merging several people's labels of one item, each label kind by its own method."""
