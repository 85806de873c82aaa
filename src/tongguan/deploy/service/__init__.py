"""Use cases of deploy: one file each."""
