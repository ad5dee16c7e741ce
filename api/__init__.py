"""The ways in: server, command line, and the one composition root."""
