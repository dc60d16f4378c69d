"""Processes that die at any point of what they do."""
