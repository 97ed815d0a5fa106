"""How the browser tests and the pictures in docs/ start Chromium."""

LAUNCH = [
    "--no-sandbox",  # it runs as root where the tests do
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
