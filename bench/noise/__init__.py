"""How much RaceLens reports in code that is good: `python -m bench.noise`."""
