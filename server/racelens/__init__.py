"""Finds race conditions in asyncio code."""

__version__ = "0.1.0"
