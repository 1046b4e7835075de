"""Whether RaceLens finds bugs that were found and fixed: `python -m bench.real_bugs`."""
