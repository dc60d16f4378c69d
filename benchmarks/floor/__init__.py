"""Resources that do nothing."""
