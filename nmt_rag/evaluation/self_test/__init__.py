"""The evaluation tried on known faults."""
