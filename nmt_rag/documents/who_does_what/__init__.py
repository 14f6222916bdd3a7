"""Who does what, read from the sentences of documents and quoted from them."""
