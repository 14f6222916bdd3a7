"""Search by embedding on this machine (FAISS): exact, in a file, and by lists in a large one."""
