"""What each mechanism of the analysis is good for: `python -m bench.ablation`."""
