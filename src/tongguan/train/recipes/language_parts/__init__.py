"""What recipes of texts share: n-grams of characters, and language models of the user's own in a local folder."""
