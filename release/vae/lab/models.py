"""The autoencoder of the first notebook, for comparison in the second."""

from torch import Tensor, nn


class Autoencoder(nn.Module):
    """A dense autoencoder: 784 - 128 - 32 - 128 - 784."""

    def __init__(self, code_dim: int = 32) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 128),
            nn.ReLU(),
            nn.Linear(128, code_dim),
        )
        self.decoder = nn.Sequential(
            nn.Linear(code_dim, 128),
            nn.ReLU(),
            nn.Linear(128, 784),
            nn.Sigmoid(),
            nn.Unflatten(1, (1, 28, 28)),
        )

    def encode(self, x: Tensor) -> Tensor:
        """Return codes ``(n, code_dim)``."""
        code: Tensor = self.encoder(x)
        return code

    def decode(self, z: Tensor) -> Tensor:
        """Return pictures ``(n, 1, 28, 28)``."""
        pictures: Tensor = self.decoder(z)
        return pictures

    def forward(self, x: Tensor) -> Tensor:
        """Return reconstructions of the same shape."""
        return self.decode(self.encode(x))
