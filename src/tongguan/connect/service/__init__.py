"""Use cases of connect."""
