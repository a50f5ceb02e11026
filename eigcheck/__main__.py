"""`python -m eigcheck` is the command `eigcheck`."""

if __name__ == "__main__":
    from eigcheck.paths import leave_current_folder

    leave_current_folder()  # before anything else is imported, which may lie in the current folder
    from eigcheck.cli.leaving import entry

    entry()
