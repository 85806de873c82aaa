"""Settings: environment variables `TONGGUAN_*` first, then `tongguan.toml` in the data folder, then the defaults.

Every field is documented in docs/guides/settings.md, which is generated from here (a test compares them).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

DEFAULT_DATA_FOLDER = "tongguan-data"
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 (compared with, not bound)


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="TONGGUAN_", extra="ignore")

    data_dir: Path = Field(
        default=Path(DEFAULT_DATA_FOLDER), description="Folder of the embedded database, the bytes and the keys."
    )
    database_url: str | None = Field(
        default=None, description="PostgreSQL URL of the owner role; empty = the embedded server in the data folder."
    )
    app_database_url: str | None = Field(
        default=None,
        description="PostgreSQL URL of the role tongguan_app; empty = derived, password in the data folder.",
    )
    backup_database_url: str | None = Field(
        default=None,
        description="URL of a role with BYPASSRLS for backup and restore; empty = the owner, if it has it.",
    )
    storage_url: str | None = Field(
        default=None, description="Where bytes live: file:///folder or s3://bucket/prefix; empty = the data folder."
    )
    s3_endpoint: str | None = Field(default=None, description="Endpoint of an S3-compatible store.")
    s3_region: str = Field(default="us-east-1", description="Region of the S3 store.")
    s3_access_key: str | None = Field(default=None, description="Access key of the S3 store.")
    s3_secret_key: str | None = Field(default=None, description="Secret key of the S3 store.")
    import_roots: str = Field(
        default="",
        description="Server folders, separated by ':', from which people may import; empty = <data>/import.",
    )
    bind_host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    bind_port: int = Field(default=8000, ge=0, le=65535, description="Port that the server listens on; 0 = a free one.")
    public_url: str | None = Field(
        default=None, description="Address that people open, used in links; empty = http://<host>:<port>."
    )
    trusted_proxies: str = Field(
        default="", description="Addresses of TLS proxies, separated by ',', whose X-Forwarded-* headers are believed."
    )
    time_zone: str = Field(default="Asia/Shanghai", description="Time zone of a new organization.")
    session_days: int = Field(default=14, ge=1, le=365, description="Days until an unused session ends.")
    link_hours: int = Field(default=72, ge=1, le=720, description="Hours that a one-time link stays valid.")
    login_attempts: int = Field(default=8, ge=1, description="Failed logins per address and account in 15 minutes.")
    upload_limit_gib: float = Field(default=50, gt=0, description="Largest upload in GiB.")
    picture_limit_mpx: float = Field(
        default=500, gt=0, le=500, description="Largest picture in megapixels; a larger one is refused at every way in."
    )
    picture_limit_side: int = Field(
        default=60_000, gt=0, le=60_000, description="Longest side of a picture in pixels; above it is refused."
    )
    unpack_limit_gib: float = Field(default=200, gt=0, description="Largest unpacked size of an archive in GiB.")
    train_threads: int = Field(default=0, ge=0, description="Threads of a training; 0 = all cores when nobody labels.")
    fetch_hosts: str = Field(
        default="",
        description="Hosts of the own network (host or host:port), separated by ',', that webhooks may call; "
        "empty = public addresses only.",
    )
    fetch_ports: str = Field(default="80,443", description="Ports, separated by ',', that webhooks may call.")
    runner_models: int = Field(default=4, ge=1, le=64, description="Models that the model runner holds in memory.")
    runner_threads: int = Field(default=0, ge=0, le=256, description="Threads of one prediction; 0 = all cores.")
    runner_parallel: int = Field(default=2, ge=1, le=64, description="Pictures that the model runner takes at a time.")
    runner_wait_seconds: float = Field(
        default=8, gt=0, le=60, description="Longest wait for the model runner; after it the answer is: check by hand."
    )
    predict_limit_mib: int = Field(default=32, ge=1, le=200, description="Largest picture of one prediction in MiB.")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_json: bool = Field(default=True, description="Logs as JSON lines; false = for people.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Start parameters, then environment, then the file in the data folder."""
        chosen = getattr(init_settings, "init_kwargs", {}).get("data_dir") or os.environ.get("TONGGUAN_DATA_DIR")
        file = Path(chosen or DEFAULT_DATA_FOLDER) / "tongguan.toml"
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file))

    @property
    def address(self) -> str:
        """The address in links: the public one, else where the server listens. No slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        # Nobody can open "all addresses"; an IPv6 address needs brackets.
        host = "localhost" if self.bind_host in EVERYWHERE else self.bind_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.bind_port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies are for TLS only."""
        return self.address.startswith("https://")

    @property
    def storage_location(self) -> str:
        """URL of the byte store."""
        return self.storage_url or (self.data_dir.resolve() / "files").as_uri()

    def roots(self) -> list[Path]:
        """Folders from which imports are allowed."""
        given = [Path(part).resolve() for part in self.import_roots.split(":") if part.strip()]
        return given or [(self.data_dir / "import").resolve()]


def load_settings(**overrides: object) -> Settings:
    """Settings with start parameters (for instance `data_dir`) on top."""
    return Settings(**overrides)  # type: ignore[arg-type]


def secret_of(settings: Settings, name: str) -> str:
    """A random secret kept in the data folder, made on first use (256 bits, hex), readable by the owner only."""
    folder = settings.data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name
    if not file.exists():
        fresh = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_hex(32))
        try:
            os.link(fresh, file)  # atomic: the first of two processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text(encoding="ascii").strip()
