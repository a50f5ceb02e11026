"""How far the oracles, and correct rules, are from the certified truth: beside their bars, and beside their budgets."""
