"""The process of its own in which files of strangers are read (`nmt_rag.documents.reading_apart` starts it)."""
