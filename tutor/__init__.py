"""torch-tutor: a terminal tutor for deep learning in PyTorch."""

__version__ = "0.1.0"
