"""Rules of a module in a child process of our own: lines between us and `main`."""
