"""What recipes for time series share: the table in order of time, linear forecasts, figures. NumPy alone."""
