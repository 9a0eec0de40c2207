"""The graveyard protocol as a model, and its exhaustive searches."""
