"""A language model words an answer; each sentence is shown only when proven."""
