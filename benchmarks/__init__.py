"""How fast and how sparing this project is, as ratios within one run; `python -m benchmarks.run` runs all."""
