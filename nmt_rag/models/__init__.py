"""The packaged embedding model: its folder of weights and the few lines of numpy that run it."""
