"""Whether whoever asks needs help now, and the numbers to call."""
