"""Tells other systems what happened here: signed webhooks, and messages to group robots."""
