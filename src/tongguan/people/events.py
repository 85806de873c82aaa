"""What people tell the stages above."""

PERSON_DEACTIVATED = "person.deactivated"  # {person_id}: leases go back
QUALIFICATION_CHANGED = "qualification.changed"  # {project_id, person_id}: gate 2 is computed again
