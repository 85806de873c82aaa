"""Events of the stage collect, written in the transaction in which they happen."""

from __future__ import annotations

BATCH_STARTED = "batch.started"
"""An import was asked for, or goes on: `{batch_id, project_id}`."""

BATCH_READ = "batch.read"
"""A batch has been read, to its end or until it was cancelled: `{batch_id, project_id}`. The checks may start."""

UPLOAD_EXPIRED = "upload.expired"
"""An upload that nobody finished or imported for a week: `{upload_id}`. Its bytes go."""

ITEM_ERASED = "item.erased"
"""An item was erased: `{item_id, project_id, asset_id}`. Its bytes go; tombstones stay."""

ITEMS_CHANGED = "items.changed"
"""Items were refused, taken back, or their licence, consent or group changed: `{project_id}`."""
