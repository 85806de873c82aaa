"""Recipe `tabular-classification`: one label class for each row of a table, with probabilities that can be believed."""
