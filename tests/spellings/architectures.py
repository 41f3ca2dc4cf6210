"""Three right answers to ConvVAE, unlike those of the bank; `models` puts mistakes into them."""

from __future__ import annotations

PLAIN = """\
class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.down1, self.down2 = nn.Conv2d(1, 8, 4, 2, 1), nn.Conv2d(8, 24, 4, 2, 1)
        self.heads = nn.Linear(24 * 49, 2 * latent_dim)
        self.widen = nn.Linear(latent_dim, 24 * 49)
        self.up1 = nn.ConvTranspose2d(24, 8, 3, 2, 1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(8, 1, 3, 2, 1, output_padding=1)

    def encode(self, x):
        h = F.leaky_relu(self.down2(F.leaky_relu(self.down1(x)))).flatten(1)
        mu, logvar = self.heads(h).chunk(2, dim=1)
        return mu, logvar

    def decode(self, z):
        h = F.leaky_relu(self.widen(z)).view(-1, 24, 7, 7)
        image = torch.sigmoid(self.up2(F.leaky_relu(self.up1(h))))
        return image

    def forward(self, x):
        mu, logvar = self.encode(x)
        recon_x = self.decode(reparameterize(mu, logvar))
        return recon_x, mu, logvar

    def sample(self, n):
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
"""
DEEP = """\
class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.latent_dim = latent_dim
        self.body = nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1), nn.GroupNorm(3, 12), nn.GELU(), nn.MaxPool2d(2),
            nn.Conv2d(12, 20, 3, padding=1), nn.GroupNorm(4, 20), nn.GELU(), nn.AvgPool2d(2),
        )
        self.mu, self.logvar = nn.Linear(980, latent_dim), nn.Linear(980, latent_dim)
        self.back = nn.Sequential(nn.Linear(latent_dim, 980), nn.GELU())
        self.up1 = nn.ConvTranspose2d(20, 12, 3, 2, 1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(12, 1, 3, 2, 1, output_padding=1)

    def encode(self, x):
        h = self.body(x).reshape(len(x), -1)
        mu, logvar = self.mu(h), self.logvar(h)
        return mu, logvar

    def decode(self, z):
        h = self.back(z).view(-1, 20, 7, 7)
        image = self.up2(F.gelu(self.up1(h))).sigmoid()
        return image

    def forward(self, x):
        mu, logvar = self.encode(x)
        recon_x = self.decode(reparameterize(mu, logvar))
        return recon_x, mu, logvar

    def sample(self, n):
        with torch.no_grad():
            z = torch.randn(n, self.latent_dim)
            return self.decode(z)
"""
TYPED = """\
class ConvVAE(nn.Module):
    \"\"\"Convolutional variational autoencoder for 28 x 28 images.\"\"\"

    def __init__(self, latent_dim: int = 16) -> None:
        super(ConvVAE, self).__init__()
        self.latent_dim = latent_dim
        channels = (1, 32, 64)
        blocks: list[nn.Module] = []
        for before, after in zip(channels, channels[1:]):
            blocks += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.ELU()]
        self.encoder_net = nn.Sequential(*blocks, nn.Flatten())
        self.mean_head = nn.Linear(64 * 7 * 7, latent_dim)
        self.log_variance_head = nn.Linear(64 * 7 * 7, latent_dim)
        self.expand = nn.Linear(latent_dim, 64 * 7 * 7)
        self.up1 = nn.ConvTranspose2d(64, 32, 3, 2, 1, output_padding=1)
        self.up2 = nn.ConvTranspose2d(32, 1, 3, 2, 1, output_padding=1)

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        h = self.encoder_net(x)
        mu = self.mean_head(h)
        logvar = self.log_variance_head(h)
        return mu, logvar

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        h = F.elu(self.expand(z)).view(-1, 64, 7, 7)
        h = F.elu(self.up1(h))
        image = torch.sigmoid(self.up2(h))
        return image

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mu, logvar = self.encode(x)
        recon_x = self.decode(reparameterize(mu, logvar))
        return recon_x, mu, logvar

    @torch.no_grad()
    def sample(self, n: int) -> torch.Tensor:
        z = torch.randn(n, self.latent_dim)
        return self.decode(z)
"""
