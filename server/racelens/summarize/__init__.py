"""One file in, its summary out: names, effect graphs and candidates."""
