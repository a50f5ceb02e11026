"""One rule on one case: the rule is asked, the oracles answer, and their numbers are held against each other."""
