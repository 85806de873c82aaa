"""Media types: one folder each, one line in the registry."""
