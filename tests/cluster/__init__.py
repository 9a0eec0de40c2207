"""Tests against a real API server, and what starts one."""
