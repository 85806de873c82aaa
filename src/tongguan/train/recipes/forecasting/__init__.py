"""Recipe `forecasting`: the next steps of every column of a table in time, with ranges."""
