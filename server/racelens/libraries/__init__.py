"""What the calls of known libraries do: data tables and their loader."""
