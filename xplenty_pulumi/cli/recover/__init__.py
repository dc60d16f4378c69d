"""`xplenty-pulumi recover` and `hand-over`: what a killed `pulumi`, or a lost state, has left behind.

- `command`: `xplenty-pulumi recover`: clear away the lock, the pending operations and the strays of a killed `pulumi`.
- `hand_over`: `xplenty-pulumi hand-over`: give a living thing to a resource of a stack, or release it from every stack.
- `strays`: what interrupted creates of a stack have left in the account: found by its marker, named, and ended on
  request.
"""
