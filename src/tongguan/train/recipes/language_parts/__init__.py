"""What recipes share that begin with a language model of the user's own, in a local folder."""
