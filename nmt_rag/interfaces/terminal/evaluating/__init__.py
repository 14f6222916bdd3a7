"""The command `evaluate`: its arguments, and what it does."""
