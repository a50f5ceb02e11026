"""`python -m eigcheck` is the command `eigcheck`."""

from eigcheck.cli import main

if __name__ == "__main__":
    main(prog_name="eigcheck")
