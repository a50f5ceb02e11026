"""YAML case files to Problems, and what else describes a matrix in words."""
