# verdict: error
# fault: exit
# says: Your code ended the program (sys.exit, os._exit or quit) instead of returning. Last seen in line 8.
#
# SystemExit is no Exception.
import sys

sys.exit(0)
