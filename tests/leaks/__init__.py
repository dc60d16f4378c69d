"""Secrets: looked for in every place that a text can get to."""
