"""All queries of the stage collect."""
