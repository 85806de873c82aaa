"""Rows of tables as items: CSV and Parquet."""
