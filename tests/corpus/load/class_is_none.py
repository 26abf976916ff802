# verdict: failed
# says: Your code raised TypeError
#
# The name is there, but holds no class.
SquaredErrorLoss = None
