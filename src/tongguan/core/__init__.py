"""Database, auth, storage, jobs, events, settings, telemetry: what every stage stands on."""
