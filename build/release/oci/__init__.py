"""Images and artefacts in the form of the Open Container Initiative, made without a daemon."""
