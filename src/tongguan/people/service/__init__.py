"""Use cases of people: one file each."""
