"""The vocabulary of a report: rules, findings, interleavings and fixes."""
