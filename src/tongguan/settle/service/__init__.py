"""Use cases of the stage settle, one file each."""
