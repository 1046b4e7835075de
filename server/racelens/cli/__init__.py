"""The command line: arguments in, a report and an exit status out."""
