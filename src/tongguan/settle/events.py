"""What settle tells the stages above."""

PERIOD_CLOSED = "pay.closed"  # {project_id, period_id, number, month, people, total_fen, early}
