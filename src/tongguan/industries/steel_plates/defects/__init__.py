"""Six kinds of surface defect, each drawn by one file: a field of relative change of brightness."""
