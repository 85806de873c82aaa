"""What deploy tells the stages above."""

# {project_id, deployment_id, prediction_id, feedback_id, reason, person_id, device_id}: somebody called an answer wrong
PREDICTION_WRONG = "prediction.wrong"
# {project_id, deployment_id, prediction_id}: an answer that nobody called wrong, drawn for a look all the same
PREDICTION_SAMPLED = "prediction.sampled"
# {project_id, deployment_id, alarm_id, kind}
ALARM_OPENED = "alarm.opened"
# {project_id, deployment_id, alarm_id, kind, person_id}: person_id null when the figure came back by itself
ALARM_CLOSED = "alarm.closed"
# {project_id, deployment_id, change, live_model_id, shadow_model_id, state}: change as in deployment_change
DEPLOYMENT_CHANGED = "deployment.changed"
