"""`xplenty-pulumi preview-comment`: a preview as Markdown.

- `command`: the command, and the Markdown, short enough for a comment.
- `plan`: what `pulumi preview` says in each of its forms, as steps and their changes.
"""
