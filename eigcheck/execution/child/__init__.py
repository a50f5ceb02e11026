"""Rules of a module in a child process of our own: framed records between us and `main`."""
