"""What train tells the stages above."""

MODEL_TRAINED = "model.trained"  # {project_id, model_version_id, run_id}; run_id null: registered
