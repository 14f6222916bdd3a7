"""SQLite, which holds the truth of an index, and what guards it."""
