"""Deployments on the line: the model that answers, its shadow, the log, monitors and alarms."""
