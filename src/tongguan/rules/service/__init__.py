"""Use cases of the stage rules, one module each."""
