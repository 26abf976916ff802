# mistake: places
import torch


class ReplayBuffer:
    """Gives a discriminator old fakes among the new ones (Shrivastava et al., 2017)."""

    def __init__(self, size: int = 50) -> None:
        self.size = size
        self.images: list[torch.Tensor] = []

    def __len__(self) -> int:
        return len(self.images)

    def query(self, images: torch.Tensor) -> torch.Tensor:
        given = []
        for image in images.detach():
            if len(self.images) < self.size:
                self.images.append(image.clone())
            elif self.size > 0 and torch.rand(()) < 0.5:
                self.images.append(image.clone())
                image = self.images.pop(0)
            given.append(image)
        return torch.stack(given)
