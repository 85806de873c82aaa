"""Checks on items, near-duplicate clusters, and the data gate."""
