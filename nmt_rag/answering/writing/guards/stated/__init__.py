"""A language model's sentence held against the quote it cites."""
