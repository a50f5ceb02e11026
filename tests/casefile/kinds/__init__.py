"""Tests of eigcheck.casefile.kinds."""
