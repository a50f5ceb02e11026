"""Tests of eigcheck.casefile."""
