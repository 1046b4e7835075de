"""One file per rule; every module here is discovered by walking the package."""
