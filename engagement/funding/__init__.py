"""Grant rounds: proposals, the vote, the count, awards.

Words: a *pot* is a year's money, in *streams*; a *round* is one run of proposing, voting,
counting, awarding; the *roll* says who has voted; an *envelope* holds a sealed ballot only while
voting is open; a *ballot* says what was chosen, never by whom; a *count* is what anyone can run
again; an *award* is a grant made."""
