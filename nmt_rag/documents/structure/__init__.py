"""A text → what its lines are: headings, questions, rows, items, sentences."""
