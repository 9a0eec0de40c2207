"""Tests of the images, and of the static file inside of other images, in real containers."""
