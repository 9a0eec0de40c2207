"""Protections of the native unit, removed one at a time: each must be noticed by the test that names it."""
