"""Check the parts of the static file for known vulnerabilities: `make check KIND=audit`."""
