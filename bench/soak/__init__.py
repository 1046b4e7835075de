"""Every fix of every finding in well-known packages, tried: `python -m bench.soak`."""
