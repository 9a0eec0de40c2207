"""What a waiter or a probe talks to: an API server that is scripted, web servers, TLS and its certificates."""
