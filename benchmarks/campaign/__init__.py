"""eigcheck and eight other gradient checkers on the same rules, matrices and seeds; `make campaign` runs it.

families, faults   what is checked: matrices for right rules, and wrong rules with matrices that show the fault
subject            one check as every checker gets it: a rule at a matrix, as a map with a pullback
checkers/          one checker a file, at its documented defaults
plan, pool         the checks as chunks of work, done by processes and remembered on disk
tally, page        counts, and the page docs/campaign.md that shows them
"""
