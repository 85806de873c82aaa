"""Recipe `sft`: a language model of the user's own, tuned on conversations (supervised fine-tuning)."""
