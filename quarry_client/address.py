"""Where the server is, and how a connection to it is opened: TLS verified, proxies as the environment says."""

import base64
import http.client
import ipaddress
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass


@dataclass(frozen=True, kw_only=True)
class Address:
    """A server's base URL in parts. prefix: the path below which the API lies, without a slash at its end."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @classmethod
    def parse(cls, base_url: str) -> "Address":
        """Raises ValueError with a sentence for what is no address of a server."""
        try:
            parts = urlsplit(base_url.strip())
            port = parts.port
        except ValueError as error:
            raise ValueError(f"The server's address cannot be read: {error}.") from None
        if parts.username is not None or parts.password is not None:
            raise ValueError("Leave user and password out of the server's address; the token says who you are.")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{base_url!r} is no address of a server; it looks like https://quarry.example.com.")
        default = 443 if parts.scheme == "https" else 80
        return cls(scheme=parts.scheme, host=parts.hostname, port=port or default, prefix=parts.path.rstrip("/"))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.prefix}"

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True, kw_only=True)
class Way:
    """How requests get to an address: directly, or through the proxy that the environment names.

    Read once, when a client is made: HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
    """

    address: Address
    context: ssl.SSLContext | None
    proxy: SplitResult | None = None

    @classmethod
    def to(cls, address: Address, *, ca_file: str | None = None) -> "Way":
        """ca_file: certificates to trust in place of the system's. Raises OSError where it cannot be read."""
        context = ssl.create_default_context(cafile=ca_file) if address.scheme == "https" else None
        named = getproxies().get(address.scheme)
        if not named or address.is_loopback or proxy_bypass(address.netloc):
            return cls(address=address, context=context)
        proxy = urlsplit(named if "://" in named else f"http://{named}")
        if proxy.scheme != "http" or not proxy.hostname:
            raise ValueError(f"{address.scheme.upper()}_PROXY must look like http://proxy.example.com:3128.")
        return cls(address=address, context=context, proxy=proxy)

    def connect(self, timeout_seconds: float) -> http.client.HTTPConnection:
        """A connection that is open. Raises OSError."""
        where = self.address
        host, port = (self.proxy.hostname or "", self.proxy.port or 80) if self.proxy else (where.host, where.port)
        connection: http.client.HTTPConnection
        if self.context is not None:
            connection = http.client.HTTPSConnection(host, port, timeout=timeout_seconds, context=self.context)
            if self.proxy:
                connection.set_tunnel(where.host, where.port, headers=self.proxy_headers)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout_seconds)
        connection.connect()
        return connection

    def target(self, path: str) -> str:
        """What the request line names: a proxy for plain HTTP wants the whole address."""
        plain_proxy = self.proxy is not None and self.context is None
        return f"{self.address if plain_proxy else self.address.prefix}{path}"

    @property
    def proxy_headers(self) -> dict[str, str]:
        if self.proxy is None or self.proxy.username is None:
            return {}
        login = f"{unquote(self.proxy.username)}:{unquote(self.proxy.password or '')}"
        return {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
