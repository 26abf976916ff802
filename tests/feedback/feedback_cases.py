"""Every case: for each entry of the catalogue at least one submission that really raises it."""

from __future__ import annotations

import cases_around
import cases_of_modules
import cases_of_tensors

CASES = (*cases_of_tensors.CASES, *cases_of_modules.CASES, *cases_around.CASES)
