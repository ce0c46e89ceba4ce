"""Who follows what, and the one way a message leaves.

Words: a *message* waits in the *outbox* until it is sent; a *follow* says who wants to hear of what."""
