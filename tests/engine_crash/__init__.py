"""Crashes on the real engine."""
