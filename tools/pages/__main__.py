"""`python -m tools.pages` writes every page."""

from tools.pages.written import write

write()
