"""`xplenty-pulumi preview-comment`: a preview as Markdown.

- `command`: `xplenty-pulumi preview-comment`: what `pulumi preview --json` plans, as Markdown for a pull request.
- `forms`: the forms that `pulumi preview` prints, brought into one: what is none of them is named, and never shown.
- `pages`: a preview as Markdown, short enough for a comment.
- `plan`: what `pulumi preview --json` says, as steps and their changes.
"""
