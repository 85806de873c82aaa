"""Use cases of train: one file each."""
