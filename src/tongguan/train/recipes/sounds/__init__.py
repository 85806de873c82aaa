"""Sounds as recipes hear them: WAV files at any rate, and spectrograms in bands of hearing. NumPy and SciPy only."""
