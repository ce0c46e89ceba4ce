"""The first words of the pages in the footer. A council makes them its own at the desk."""

WORDS: dict[str, tuple[str, str, str]] = {
    "about": (
        "About",
        "What a community board is, and how this site works.",
        "<h2>What a board is</h2>"
        "<p>A community board is a small group of local people with a chair and a coordinator. It meets in public, "
        "listens to what people need, and has a pot of money to spend on it.</p>"
        "<h2>How it works</h2>"
        "<ol><li><b>Heard.</b> You tell us what would make life better. We keep your words as you said them.</li>"
        "<li><b>Understood.</b> We put what people told us beside what the figures show. Both weigh the same.</li>"
        "<li><b>Asked.</b> We ask for ideas, and groups ask for grants.</li>"
        "<li><b>Decided.</b> People vote. The rule is fixed before the first vote, and anyone can count again.</li>"
        "<li><b>Done.</b> The money is given, and groups say what they did with it.</li>"
        "<li><b>Changed?</b> We tell everyone who spoke what came of it, and what did not, and why.</li></ol>"
        "<h2>You do not need this site to take part</h2>"
        "<p>You can take part on paper, by phone or in person. It closes at the same time and counts the same.</p>",
    ),
    "how-it-works": (
        "How a vote is kept safe",
        "What we keep, what we never keep, and how to check a result yourself.",
        "<h2>One person, one vote</h2>"
        "<p>The database itself refuses a second vote from the same person. It does not matter how fast you click.</p>"
        "<h2>Your choice is yours</h2>"
        "<p>We keep a list of who has voted, so that nobody votes twice. We keep what was chosen in another place, "
        "with no names and no times. In a grant vote your choice is sealed until voting closes, and you can change "
        "it until then. Think of a postal vote, not a polling booth.</p>"
        "<h2>Check it yourself</h2>"
        "<p>When a grant vote is counted we publish every ballot without names, and the whole count. "
        "Anyone can count again and must get the same answer. If two proposals tie and the money will not stretch, "
        "we draw lots in public.</p>",
    ),
    "privacy": (
        "Privacy",
        "What we keep about you, why, and how to see it or have it taken away.",
        "<h2>If you only read</h2><p>We keep nothing about you, and set no cookie.</p>"
        "<h2>If you take part</h2>"
        "<ul><li>Your e-mail address, if you give one, so that you can sign in and hear what came of it.</li>"
        "<li>The ward you live, work or study in. We do not keep your postcode.</li>"
        "<li>That you took part, and on which day. Not what you chose.</li>"
        "<li>Words you write for others to read, such as an idea.</li></ul>"
        "<h2>What you tell us in confidence</h2>"
        "<p>Your words are public only if you said they may be. You can change your mind at any time, and they are "
        "then taken off the site.</p>"
        "<h2>Who else sees it</h2>"
        "<p>Nobody. This site loads nothing from other companies, and tells them nothing.</p>"
        "<h2>See it, change it, take it away</h2><p>Sign in to see what we hold, or ask the board.</p>",
    ),
    "accessibility": (
        "Accessibility",
        "This site should work for everyone. Here is what we do, and what to do if it does not.",
        "<h2>What you can expect</h2>"
        "<ul><li>Every page works with a keyboard, and with a screen reader.</li>"
        "<li>Every page works without JavaScript.</li>"
        "<li>You can make the words four times larger and still read from top to bottom.</li>"
        "<li>Charts have a table, and maps have a list.</li></ul>"
        "<h2>The standard</h2>"
        "<p>We build to the Web Content Accessibility Guidelines 2.2, level AA, and test each page against them.</p>"
        "<h2>If something does not work</h2>"
        "<p>Tell us what happened and on which page. Ring or write to your board, or ask at the library. "
        "You can always take part on paper, by phone or in person instead.</p>",
    ),
    "data": (
        "Open data",
        "What anyone may take away and use.",
        "<h2>Votes on grants</h2>"
        "<p>Once a vote is counted, its results page has every ballot without names, and the whole count, as files.</p>"
        "<h2>Polls</h2><p>The results of a poll are a table on its page.</p>"
        "<h2>Numbers of people</h2>"
        "<p>When fewer than five people are in a group we do not publish the number, so that nobody can be "
        "picked out.</p>",
    ),
}
