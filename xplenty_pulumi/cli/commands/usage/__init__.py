"""`xplenty-pulumi usage`: who has used the clusters, as a table, as bars, and as a page with pictures.

- `chart`: bars for the terminal: node-hours by owner and by time.
- `command`: the command.
- `facts`: the history of an account as what the page shows of it: plain values, and texts that are HTML.
- `pages`: the table for people, and JSON.
- `report`: the page, which is one file and works offline; its parts are in the folder `page`.
"""
