"""How the work grows with the size of the input: `python -m bench.growth`."""
