"""`xplenty-pulumi preview-comment`: a preview as Markdown.

- `command`: `xplenty-pulumi preview-comment`: what `pulumi preview --json` plans, as Markdown for a pull request.
- `pages`: a preview as Markdown, short enough for a comment.
- `plan`: what `pulumi preview` says in each of its forms, as steps and their changes.
"""
