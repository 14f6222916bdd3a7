"""Rules by which the packaged page is answered first: they were fitted to it, and on it they are not yet surpassed.

No other text is read by them. They go when the reader is as good on the page (docs/quality.md has both).
"""
