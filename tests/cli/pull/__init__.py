"""`xplenty-pulumi pull`."""
