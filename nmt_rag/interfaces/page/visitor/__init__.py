"""One visitor's documents: what is told while they are read, and what is kept until the visit is over."""
