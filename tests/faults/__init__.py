"""Every operation under every fault."""
