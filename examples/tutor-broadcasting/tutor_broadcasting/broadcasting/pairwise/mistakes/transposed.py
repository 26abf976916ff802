# mistake: which-axis
def pairwise(a, b):
    return (b.unsqueeze(1) - a.unsqueeze(0)).square().sum(dim=2)
