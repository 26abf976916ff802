# verdict: failed
# says: Your file does not define `SquaredErrorLoss`.
#
# Nothing but this comment: a file saved before anything is written.
