"""The judge: budgets, comparison, continuity, verdicts and diagnoses. It sees numbers, never rules or oracles."""
