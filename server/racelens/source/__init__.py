"""Text and syntax of one file: positions, decoding, parsing, comments and edits."""
