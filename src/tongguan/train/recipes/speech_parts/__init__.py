"""Speech as recipes learn it: what is heard becomes text, and project-made speech to learn from and to be judged by."""
