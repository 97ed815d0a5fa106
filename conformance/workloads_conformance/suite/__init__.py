"""The suite: one file an area, each test stating the rule it checks. Run by the command line, or by pytest itself."""
