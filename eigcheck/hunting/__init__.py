"""The search for problems at which a rule is wrong: what is drawn, what counts as one kind of fault, how it is shrunk.

Hypothesis draws and shrinks (`eigcheck.strategies`), the judge judges (`eigcheck.tasks`). `search` looks through a block of
problems, `shrinking` makes one of them small, `rounds` deals both out to processes,
and the report's `Coverage` counts what was tried.
"""
