"""Tasks, leases, annotations, drafts."""
