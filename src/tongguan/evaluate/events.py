"""What evaluate tells the stages above."""

EVALUATION_DONE = "evaluation.done"  # {project_id, evaluation_id, model_version_id, champion_id, passed}
CHAMPION_CHANGED = "champion.changed"  # {project_id, model_version_id, evaluation_id, before}
