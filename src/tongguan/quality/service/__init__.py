"""Use cases of the stage quality, one file each."""
