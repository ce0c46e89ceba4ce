"""The invented district of Thornbridge: its data, its loader, and where its mail appears."""
