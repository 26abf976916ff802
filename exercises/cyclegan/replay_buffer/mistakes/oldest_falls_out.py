# mistake: exchange
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
            self.images.append(image.clone())
            self.images = self.images[-self.size :] if self.size else []
            if len(self.images) < self.size:
                pass
            elif self.size > 0 and torch.rand(()) < 0.5:
                place = int(torch.randint(self.size, ()))
                image = self.images[place]
            given.append(image)
        return torch.stack(given)
