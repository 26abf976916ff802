"""A history of generated images, for the discriminators of CycleGAN."""

import torch


class ReplayBuffer:
    """Gives a discriminator old fakes among the new ones (Shrivastava et al., 2017).

    ReplayBuffer(size):  keeps at most `size` images, 0 or more; 0 switches it off
    len(buffer):         how many it holds now
    query(images):       (N, C, H, W) -> (N, C, H, W), same dtype and device, without a graph

    query takes the images of the batch one after the other. While there is room, an image is kept and given back. Once
    the buffer is full a coin is tossed for each image: heads, it is given back and not kept; tails, one of the images
    kept is given back, each place with equal probability, and the new image takes that place.

    Kept images are copies, and so is the batch that is given back: whoever writes into one changes no other. Random
    numbers come from torch or from Python's random, as they are seeded: the buffer seeds nothing.
    """

    def __init__(self, size: int = 50) -> None:
        self.size = size

    def __len__(self) -> int:
        raise NotImplementedError

    def query(self, images: torch.Tensor) -> torch.Tensor:
        # images: (N, C, H, W), fakes of this step, maybe with the generator's graph behind them
        raise NotImplementedError
