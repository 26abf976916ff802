# verdict: error
# fault: output
# says: Your code printed more than 64 KiB and was stopped.
#
# Before any requirement begins.
while True:
    print("loading")
