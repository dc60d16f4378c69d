"""State in a backend that several people and machines share."""
