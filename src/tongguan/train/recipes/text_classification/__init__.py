"""One label class for a whole text, from its n-grams of characters."""
