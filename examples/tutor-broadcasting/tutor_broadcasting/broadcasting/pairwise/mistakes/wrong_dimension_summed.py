# mistake: which-axis
def pairwise(a, b):
    return (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(dim=1)
