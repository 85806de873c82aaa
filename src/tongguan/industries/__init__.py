"""Industries: one folder each, with label set, guideline, sample maker and what else a line of work needs."""
