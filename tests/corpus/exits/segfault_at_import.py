# verdict: error
# fault: crash
# says: The process that ran your code was ended by SIGSEGV. Last seen in line 8.
#
# The same before any requirement begins.
import ctypes

ctypes.string_at(0)
