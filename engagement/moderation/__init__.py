"""The queue of what waits to be read, each decision and its reason.

Words: *moderated* words are pending, shown or hidden; a *decision* says who chose, when and why."""
