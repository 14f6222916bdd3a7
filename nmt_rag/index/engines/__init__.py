"""The searches of an index, derived from its database and rebuilt at will."""
