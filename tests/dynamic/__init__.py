"""The Pulumi front end without an engine: its parts alone, and its providers behind the SDK's own host."""
