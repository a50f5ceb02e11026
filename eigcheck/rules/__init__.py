"""The runner: rules for derivatives of eigenvalues and eigenvectors, one family a file, and the registry."""

from eigcheck.rules.registry import collecting, get_rule, load_builtin, registered, rule, withdraw

__all__ = ["collecting", "get_rule", "load_builtin", "registered", "rule", "withdraw"]
