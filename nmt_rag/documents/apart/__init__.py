"""The process of its own in which files of strangers are read (`nmt_rag.documents.apart.file_reader` starts it)."""
