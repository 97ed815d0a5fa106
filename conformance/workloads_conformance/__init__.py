"""Run the Workloads V2 contract against a server and judge it: client, checks, suite, plugin, command line."""
