"""Where a matrix may move (domains), and the special matrices next to which a rule may jump (structures)."""
