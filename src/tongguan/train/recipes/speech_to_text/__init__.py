"""What is said in short sounds, such as commands, as text with the time of each character."""
