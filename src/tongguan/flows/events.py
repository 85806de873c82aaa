"""Events of the stage flows."""

CASE_WAITS = "loop.case_waits"
"""What held a case of the loop back is gone: `{project_id, case_id}`. Its job makes item and task."""
