"""The model process: loads archives by SHA-256, answers over a Unix socket. No database, no HTTP."""
