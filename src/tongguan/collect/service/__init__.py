"""Use cases of the stage collect, one file each."""
