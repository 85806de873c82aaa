"""Formats of sound: segments with transcripts, speakers, words."""
