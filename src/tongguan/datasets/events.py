"""What datasets tell the stages above."""

VERSION_FROZEN = "dataset.frozen"  # {project_id, version_id, number}
