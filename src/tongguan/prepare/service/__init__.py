"""Use cases of the stage prepare, one file each."""
