"""Mistakes in ConvVAE, each in two more architectures."""

from __future__ import annotations

PLAIN = """\
class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.size = latent_dim
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
        return self.decode(torch.randn(n, self.size))
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
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        h = F.gelu(self.up1(self.back(z).unflatten(1, (20, 7, 7))))
        image = self.up2(h).sigmoid()
        return image

    def forward(self, x):
        mu, logvar = self.encode(x)
        recon_x = self.decode(reparameterize(mu, logvar))
        return recon_x, mu, logvar

    def sample(self, n):
        with torch.no_grad():
            return self.decode(torch.randn((n, self.latent_dim)))
"""

# mistake -> the replacement that makes it
CHANGES = {
    "output-25-pixels": (", output_padding=1", ""),
    "output-flattened": ("        return image\n", "        return image.flatten(1)\n"),
    "forward-returns-mu-first": ("return recon_x, mu, logvar", "return mu, logvar, recon_x"),
}

SPELLINGS = {
    mistake: (PLAIN.replace(*change), DEEP.replace(*change)) for mistake, change in CHANGES.items()
}
