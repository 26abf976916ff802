# verdict: passed
#
# No class at all: a function that gives a function.
def SquaredErrorLoss():
    return lambda input, target: (input - target).pow(2).mean()
