# verdict: error
# fault: import
# says: Importing your file failed (line 14)
#
# An exception that cannot say what it is must not take the box with it.


class Mute(Exception):
    def __str__(self):
        raise SystemExit(0)


def check():
    raise Mute


check()
