"""Bad input by the thousand: whatever comes in, only errors of ours come out."""
