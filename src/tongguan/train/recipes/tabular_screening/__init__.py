"""Recipe `tabular-screening`: positive or not at a fixed specificity, and the class of what is positive."""
