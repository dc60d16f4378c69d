"""Events: what is reported, where it goes, and that nothing depends on it."""
