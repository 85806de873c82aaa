"""Use cases of datasets: one file each."""
