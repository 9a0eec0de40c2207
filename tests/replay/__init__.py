"""Orders of events of the model of the graveyard protocol, repeated by real kubexits."""
