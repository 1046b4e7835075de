"""Edits that remove a race, planned from a finding and the sources it concerns."""
