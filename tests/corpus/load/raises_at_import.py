# verdict: error
# fault: import
# says: Importing your file failed (line 9): ValueError: not ready
#
# Any exception at module level ends the import; the learner's deepest line is shown.


def check():
    raise ValueError("not ready")


check()
