"""Grades of whole pictures on an ordered scale, such as how bad a defect or how good scrap is."""
