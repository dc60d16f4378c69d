"""What all commands share: the account of the environment, screen, texts, options, exit codes.

- `account`: the account that the commands read and act upon, as the environment names it.
- `documents`: what `--json` prints: version 1 of a format that only ever gains fields.
- `end_all`: ending several things at the same time.
- `exits`: how a command ends: its exit code, and errors as one paragraph without secrets.
- `files`: a file of the user's, written whole or not at all.
- `markdown`: Markdown in which no text is markup, ends its cell or calls somebody.
- `options`: the options that commands share, and how what is typed is read.
- `screen`: the one door to what the user reads and is asked: everything passes here and is scrubbed.
- `stopping`: how a command that serves learns that it is to end.
- `table`: tables without lines, for rows of texts that may come from the service, and what is around them.
"""
