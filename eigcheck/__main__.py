"""`python -m eigcheck` is the command `eigcheck`."""

from eigcheck.cli.leaving import entry

if __name__ == "__main__":
    entry()
