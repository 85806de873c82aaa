"""Use cases of the stage annotate, one file each."""
