# verdict: error
# fault: timeout
# says: Importing your file took longer than 0.8 s and was stopped. Last seen in line 
# seconds: 0.8
#
# The first requirement decides for all: none can be loaded.
while True:
    pass
