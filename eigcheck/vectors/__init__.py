"""Certified test vectors: what a right rule returns, as JSON files that tests in any language can read."""
