"""Rules that answer on the packaged page, where the reader agrees, and a veto on a model's words."""
