"""The questions that a rule is judged by, one a file."""
