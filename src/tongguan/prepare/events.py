"""Events of the stage prepare."""

from __future__ import annotations

BATCH_CHECKED = "batch.checked"
"""All checks of a batch have run and the data gate was evaluated: `{batch_id, project_id}`."""
