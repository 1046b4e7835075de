"""Texts derived from the rules and the settings."""
