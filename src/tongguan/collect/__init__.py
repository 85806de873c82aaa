"""Bringing items in: uploads, imports, provenance, licence and consent, and the items themselves."""
