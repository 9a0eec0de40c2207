"""Is what the static file is made of known to be vulnerable? `make check KIND=audit` asks."""
