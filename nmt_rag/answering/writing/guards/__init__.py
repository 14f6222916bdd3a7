"""A language model's sentence against its quote by the letter: a veto, and what must be kept of its words."""
