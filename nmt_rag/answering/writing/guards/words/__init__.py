"""Words of a sentence held against the words of a quote."""
