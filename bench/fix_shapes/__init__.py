"""The shapes of offered fixes beside those of the maintainers: `python -m bench.fix_shapes`."""
