"""Where a text parts: the ends of sentences, the marks of lines, and the lines that were wrapped."""
