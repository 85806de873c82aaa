"""Rulebooks of a project: versions, clarifications, machine checks at submit."""
