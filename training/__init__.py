"""How the packaged embedding model was trained; never imported by the library itself."""
