"""The bridge in the hosts of several versions of the pulumi SDK."""
