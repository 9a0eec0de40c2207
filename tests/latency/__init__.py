"""Times and memory as ratios to peers, measured in one run."""
