"""Use cases of the stage flows, one module each."""
