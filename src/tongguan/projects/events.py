"""What projects tell the stages above."""

SETTINGS_CHANGED = "project.settings"  # {project_id}: stages compute their gates again
STATE_CHANGED = "project.state"  # {project_id, state}
GATE_CHANGED = "gate.changed"  # {project_id, gate, state, before, figure, missing, person_id, reason}
MEMBERS_CHANGED = "project.members"  # {project_id, person_id}
