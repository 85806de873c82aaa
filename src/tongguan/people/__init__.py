"""People: organizations, accounts, levels, qualifications."""
