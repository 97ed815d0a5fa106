"""The fault catalogue: one module an area, one function a wrong server."""
