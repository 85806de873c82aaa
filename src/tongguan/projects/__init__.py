"""Projects: members, settings, gates."""
