"""How each task is judged: one file a task."""
