"""Formats of texts: sentences with tags, spans in JSON lines, brat."""
