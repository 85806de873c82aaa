"""A document as web page, Word and PDF. Knows nothing of projects."""
