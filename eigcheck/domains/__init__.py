"""Where a matrix may move (domains), and along which tangents that is probed."""
