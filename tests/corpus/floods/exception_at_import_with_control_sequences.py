# verdict: error
# fault: import
# says: Importing your file failed (line 6)
#
# The same, on the other way that a sentence takes.
raise ValueError("\x1b[2J\x1b]0;title\x07\x9b5A\x00 gone \r over")
