"""The packaged models: their folders of weights, and the runtime that runs them."""
