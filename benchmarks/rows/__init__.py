"""One module for each benchmark; each returns its figures."""
