"""One label class for a whole sound, such as a spoken word or the noise of a machine."""
