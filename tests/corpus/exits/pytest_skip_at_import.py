# verdict: error
# fault: import
# says: Skipped
#
# The whole module, skipped.
import pytest

pytest.skip("not today", allow_module_level=True)
