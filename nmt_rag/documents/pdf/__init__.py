"""PDF files: pages to words, words to paragraphs and tables."""
