"""The public pages and the officers' pages."""
