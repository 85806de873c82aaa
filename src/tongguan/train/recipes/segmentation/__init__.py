"""Which label class each pixel of a picture belongs to, and the regions that hang together."""
