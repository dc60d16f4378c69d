"""Clusters by a dynamic provider written the ordinary way."""
