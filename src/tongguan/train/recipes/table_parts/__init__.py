"""What recipes for tables share: parameters, inputs from cells, trees in NumPy, the file of a model. Light."""
