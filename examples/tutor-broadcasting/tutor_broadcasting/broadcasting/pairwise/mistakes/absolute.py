# mistake: formula
def pairwise(a, b):
    return (a.unsqueeze(1) - b.unsqueeze(0)).abs().sum(dim=2)
