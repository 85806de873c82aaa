"""The only place that goes backwards: what a later stage found out becomes work for an earlier one."""
