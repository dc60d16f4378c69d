"""`xplenty-pulumi preview-comment`: a preview as Markdown.

- `command`: `xplenty-pulumi preview-comment`: what `pulumi preview --json` plans, as Markdown for a pull request.
- `forms`: the forms that `pulumi preview` prints, brought into one: what is none of them is named, and never shown.
- `markdown`: a preview as Markdown that GitHub and GitLab show alike, and whose texts can not become markup.
- `plan`: what `pulumi preview --json` says, as steps and their changes.
"""
