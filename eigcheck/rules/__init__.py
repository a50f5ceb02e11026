"""The runner: rules for derivatives of eigenvalues and eigenvectors, one family a file, and the registry."""
