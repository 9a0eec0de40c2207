"""Relations and lives of containers as text and pictures."""
