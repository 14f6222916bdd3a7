"""Documents read, split and embedded in many processes, kept in shards and loaded into an index."""
