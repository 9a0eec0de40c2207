"""What `make release` made, tried as a reader gets it: nothing here comes from the tree but through dist/release."""
