"""Do mypy and pyright accept and refuse what `docs/how-to/typing.md` says?"""
