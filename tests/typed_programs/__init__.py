"""Do mypy and pyright accept and refuse what `docs/typing.md` says?"""
