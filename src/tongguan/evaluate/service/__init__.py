"""Use cases of evaluate: one file each."""
