"""One way to ask: questions on pages, answered on the web, on paper or by phone.

Words: a *survey* has *versions*; a version's *schema* is its pages and questions; a *response* is
what one person answered; a *slip code* brings them back to it. *Words* are free text that waits to
be read before anyone is shown it."""
