"""The website in a real browser, at the widths of a phone and of a desktop."""
