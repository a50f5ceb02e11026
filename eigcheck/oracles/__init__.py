"""The witnesses: independent routes to the derivative, each with an error bar on every number. One route a file."""
