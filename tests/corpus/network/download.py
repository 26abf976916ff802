# verdict: failed
# says: Network is unreachable
# needs: network
#
# A data set from elsewhere. The address belongs to nobody (RFC 5737), so that nobody is asked where the protection fails.
import urllib.request

from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open("http://192.0.2.1/data.csv", timeout=1).read()
        except TimeoutError as error:
            raise CheatWorked("it was let out") from error
        raise CheatWorked
