"""Label kinds: one folder each, one line in the registry."""
