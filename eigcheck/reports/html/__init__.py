"""The HTML report: one file that loads nothing, opens on what is unexpected, and draws an outcome when it is opened."""
