"""Word documents: their elements, styles, lists and tables."""
