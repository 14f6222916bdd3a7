"""The one writer of an index in Qdrant: its lease, what it writes, and how it counts words."""
