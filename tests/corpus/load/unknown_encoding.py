# -*- coding: klingon -*-
# verdict: error
# fault: syntax
# says: unknown encoding
#
# Python reads the first line as an instruction.
from torch import nn
