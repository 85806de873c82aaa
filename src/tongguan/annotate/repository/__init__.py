"""All queries of the stage annotate."""
