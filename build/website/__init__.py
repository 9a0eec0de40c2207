"""The website: docs/ and what it links to, as a folder for MkDocs, and the pages that MkDocs makes of it."""
