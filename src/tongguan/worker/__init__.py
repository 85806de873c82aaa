"""The worker: delivers events to durable jobs and runs what goes by the clock. Wiring only."""
