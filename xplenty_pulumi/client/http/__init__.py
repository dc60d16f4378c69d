"""One request and what becomes of it: sent, refused, repeated, understood; the one place that knows httpx.

- `address`: where the service is, checked before the key is sent there, and the proxy on the way to it.
- `answers`: from a complete HTTP answer to an outcome.
- `calls`: the one place where calls are repeated.
- `connection`: connections on which a whole call has a deadline.
- `explain`: from the last outcome of a call to the error the caller sees: one paragraph, with advice, without
  secrets.
- `limits`: a wrong key costs one call, not one per resource; a good key that is refused for a moment costs a minute.
- `outcomes`: one request, the three things that can become of it, and what to do next.
- `transport`: the one door to HTTP: a request goes in, one of three outcomes comes out, and no foreign exception ever
  does.
"""
