"""Pictures that are unlike good ones, learnt from good pictures alone."""
