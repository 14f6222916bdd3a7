"""Words of a question held against the words of a passage."""
