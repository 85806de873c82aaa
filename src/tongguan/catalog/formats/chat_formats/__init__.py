"""Formats of conversations: what a model learns to answer, and which answer people prefer."""
