"""The tests, in the wings of the package; what several of them use stands here."""
