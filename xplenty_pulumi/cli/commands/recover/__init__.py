"""`xplenty-pulumi recover` and `hand-over`: what a killed `pulumi`, or a lost state, has left behind.

- `command`: `xplenty-pulumi recover`: clear away the lock and the pending operations of a killed `pulumi`, and name or
  end what interrupted creates have left in the account.
- `stack_account`: the account of the stack, and what its interrupted creates have left there.
- `hand_over`: `xplenty-pulumi hand-over`: give a living thing to a resource of a stack, or release it from every stack.
"""
