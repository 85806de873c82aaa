"""What projects tell the stages above."""

SETTINGS_CHANGED = "project.settings"  # {project_id}: stages compute their gates again
STATE_CHANGED = "project.state"  # {project_id, state}
MEMBERS_CHANGED = "project.members"  # {project_id, person_id}
