"""Is what the static file is made of known to be vulnerable? `make audit` asks."""
