"""How to look cheaply: the looks that all who work on an account in one process share.

- `absence`: whether something is gone.
- `account`: the looks at an account that all who work on it in this process share.
- `for_drift`: reading an account for all that many states hold, at a call for each hundred things.
- `for_refresh`: one look down an account's list for all the things that are read together, as a refresh does.
- `for_status`: looking at a list again and again, at one call a time however many rows there are.
- `last_look`: the look at the end of an operation that wrote: did it leave a cluster behind that the state does not
  hold.
- `lookup`: a 404, and what it means.
- `polling`: one poll for all: whoever waits for clusters, or for jobs, of an account is served by the same looks at
  its list.
- `shared_look`: one look for all who ask while it is under way.
- `strays`: what an interrupted create call has left: unfinished by its marker, and held by nobody.
- `usual`: how long things usually take, as an account's own past shows.
"""
