"""What users run on other systems: our code meets a standard library without what macOS or Windows lacks.

- `lacking`: which modules and names a system lacks, from the stubs of the standard library.
- `view`: shows our code that library; `site/sitecustomize.py` does so in each process that has its variables.
- `started`: these variables.
"""
