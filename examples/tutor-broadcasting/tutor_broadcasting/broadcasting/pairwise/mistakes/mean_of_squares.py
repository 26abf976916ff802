# mistake: formula
def pairwise(a, b):
    return (a.unsqueeze(1) - b.unsqueeze(0)).square().mean(dim=2)
