"""Reports of a project and of an evaluation, as web page, Word and PDF."""
