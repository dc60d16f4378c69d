"""Job runs: started once, followed to the end, stopped verifiably.

- `actions`: create, resume, read, delete and stop, step by step.
- `cluster`: the cluster of a run that is being built or resized.
- `desired`: a run as it should be, and what is waited for.
- `equal`: the runs that are equal to one that is to be started, and whose they are, as far as that is known.
- `failure`: what is said of a run that did not come to what the user waits for, or that the service does not start.
- `follow`: following a run to what the user waits for, or to its end once it was stopped; clearing a cluster of jobs.
- `known`: the runs that are known, and which job is whose: by what it runs and when it appeared, as it has no name.
- `start`: starting a run at most once; also the look, at the end of an operation, for a run that was started twice.
"""
