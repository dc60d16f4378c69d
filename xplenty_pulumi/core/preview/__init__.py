"""What can be known before anything is done, so that a preview says what an `up` would run into.

- `estimate`: an estimate of what a stack's clusters are going to use: nodes multiplied by hours; pure.
- `flows`: what a change of a package does to its flow, and whether somebody has edited that in the service meanwhile.
- `plan_limits`: what the account's plan allows, where it says so; pure.
- `questions`: what is asked of the service before anything is done, so that a preview says what an `up` would run
  into.
- `shown`: which of the things that a plan changes in place the service still has.
- `stack_rules`: what a stack says about everything declared in it: how it is sized, what it may use, and when it is
  over; pure.
"""
