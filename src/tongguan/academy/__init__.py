"""Lessons, practice and exams: who may work under which rules."""
