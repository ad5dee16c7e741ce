"""One file per family of formats."""
