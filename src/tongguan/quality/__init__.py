"""Quality: review, gold items, merging of several answers, lots and acceptance sampling."""
