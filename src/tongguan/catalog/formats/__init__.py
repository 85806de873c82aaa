"""File formats: one folder each, one line in the registry."""
