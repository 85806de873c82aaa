"""Which of two answers to a prompt people would prefer: a reward for each answer, learnt from pairs."""
