"""The forms in which other tools save answers."""
