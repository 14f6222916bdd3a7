"""Semantic search and question answering over Swedish public-sector text, with exact citations."""
