"""The reference server: the closest that an honest implementation of the Workloads V2 contract would come.

Runs in its own process (`python -m workloads_conformance.reference`) and shares no code with the suite's checks, so
that the two are able to disagree.
"""
