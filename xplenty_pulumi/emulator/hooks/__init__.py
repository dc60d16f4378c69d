"""What goes out of an account: events as signed requests, texts and mails.

- `messages`: from an event to signed requests of web hooks, texts of other hooks, and mails to watchers.
- `courier`: sending what waits, at once or while the account is served.
- `outbox`: what goes out of an account: waiting, sent, or only written down.
- `sending`: sending the request of a web hook: to this machine and nowhere else, once, within a bounded time.
"""
