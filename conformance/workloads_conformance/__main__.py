"""`python -m workloads_conformance`: the command line."""

from workloads_conformance.cli.main import entry_point

if __name__ == "__main__":
    entry_point()
