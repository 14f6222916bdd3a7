"""Whether a quote carries a statement."""
