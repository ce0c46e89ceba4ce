"""The running site: settings, addresses, the server's door, the demo. It knows every room; none knows it."""
