"""Recipe `image-classification`: one label class for a picture, with probabilities that can be believed."""
