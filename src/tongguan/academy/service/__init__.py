"""Use cases of the stage academy, one module each."""
