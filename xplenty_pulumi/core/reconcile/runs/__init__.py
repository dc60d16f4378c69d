"""Job runs: started once, followed to the end, stopped verifiably.

- `actions`: job runs: started once, followed to the end, stopped verifiably.
- `desired`: a run as it should be.
- `doubles`: the look at the end of an operation that started runs: did a doubled call start another one.
- `equal`: the runs that are equal to one that is to be started, and what can be told of whose they are.
- `failure`: what is said of a run that did not come to what the user waits for.
- `follow`: following a run to what the user waits for, and what is done when that does not come.
- `goals`: what is waited for with job runs, and what the sight of one means.
- `notify`: telling of a run, or not, without losing what its watchers say: a success that nobody watches was let go.
- `refusals`: why the service refuses to start a run, or gives one up, which it does not say itself.
- `search`: which job is whose: a run carries no name, so it is known by what it runs and when it appeared.
- `start`: starting a run at most once: what an earlier attempt lost is taken up, and a lost answer is looked for.
- `stop`: ending a job run, seen to have ended, and clearing a cluster of the jobs that are active on it.
"""
