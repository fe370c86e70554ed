"""One folder per platform, the same file names in each, behind one protocol."""
