"""Stretches of text with label classes, such as names of people and places in Chinese."""
