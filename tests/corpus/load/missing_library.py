# verdict: error
# fault: import
# says: Importing your file failed (line 6): ModuleNotFoundError: No module named 'torhc'
#
# A misspelled import.
import torhc
from torch import nn
