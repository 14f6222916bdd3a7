"""What must hold of a language model's own words by the letter."""
