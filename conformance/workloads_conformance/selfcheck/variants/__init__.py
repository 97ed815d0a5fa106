"""Honest servers: the reference server in every way that the contract leaves open; one function a variant."""
