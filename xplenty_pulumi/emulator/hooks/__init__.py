"""What goes out of an account: events as signed requests, texts and mails.

- `fields`: what a hook may be told, by its type: how each setting is read, which are needed, and which are secret.
- `messages`: from an event to what is said of it: signed requests of web hooks, texts of other hooks, mails to
  watchers.
- `outbox`: what goes out of an account, and the outbox that keeps it: waiting, sent, or only written down.
- `sending`: sending the request of a web hook: to this machine and nowhere else, once, within a bounded time.
"""
