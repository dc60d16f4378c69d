"""`xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind.

- `command`: `xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind: lock, pending operations,
  and strays.
- `remains`: what a killed `pulumi` has left of its stack: a lock, pending operations, or a state file that is empty.
- `strays`: what interrupted creates of a stack have left in the account: found by its marker, told, and ended on
  request.
- `wait`: waiting until nothing that a killed run had sent can arrive any more.
"""
