"""Lives of containers: when each waited, started, was ready, was asked to stop and ended, and what caused it."""
