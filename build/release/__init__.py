"""What a release publishes, made from the static files of dist/: wheels, images, charts, papers and sums."""
