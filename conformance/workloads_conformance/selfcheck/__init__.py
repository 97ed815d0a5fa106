"""Whether the suite sees: wrong servers that it has to find out, and honest ones that it must not blame.

Each is the reference server with a small named change, made in a process of its own. The changes are in `faults/`
and in `variants.py`; the reference server knows nothing of them.
"""
