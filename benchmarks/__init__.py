"""Speed and scale, measured side by side; `python -m benchmarks --help` lists what there is."""
