"""Boxes turned to lie along what they hold."""
