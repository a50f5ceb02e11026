"""One rule on one case: the rule is heard, the witnesses are called, and the judge gets their numbers."""
