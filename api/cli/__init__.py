"""The `kb` command, one file per group of commands. Nothing heavy is imported before a command runs."""
