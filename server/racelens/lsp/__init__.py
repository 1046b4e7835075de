"""The language server: the protocol's edge; nothing else knows the protocol."""
