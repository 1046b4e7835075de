"""Running two tasks in a chosen order: replay of an interleaving."""
