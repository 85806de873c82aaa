"""All queries of deploy."""
