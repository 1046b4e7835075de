"""Files, open documents, jedi's process and running the rules."""
