"""What an index is kept in: a folder on this machine, or an engine that others keep (Qdrant)."""
