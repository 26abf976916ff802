# verdict: error
# fault: import
# says: Importing your file failed (line 6): ValueError
#
# The same at import.
raise ValueError("half \ud83d of it")
