"""States of released versions, and the tool that records them."""
