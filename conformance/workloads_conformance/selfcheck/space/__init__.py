"""The fault space: where a server can be wrong, what can be wrong there, and when; made by rule from the contract."""
