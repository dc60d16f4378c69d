"""What all commands share towards the person: screen, texts, options, questions, exit codes.

- `asking`: what is asked and refused before something is ended or changed.
- `documents`: what `--json` prints: version 1 of a format that only ever gains fields.
- `exits`: how a command ends: its exit code, and errors as one paragraph without secrets.
- `markdown`: Markdown in which no text is markup, ends its cell or calls somebody.
- `options`: the options that commands share, and how what is typed is read.
- `screen`: the one door to what the user reads: everything passes here and is scrubbed.
- `telling`: telling on lines what happens while something is waited for.
"""
