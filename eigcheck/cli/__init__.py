"""The command line: one command a module. The only home of click and of exit codes."""
