"""The way to the target: TLS with the user's files, proxies, and what answers there instead of the target."""

from __future__ import annotations

import socket

import pytest
from support.gateways import Authority, accepting, socks_proxy, tls_before
from support.servers import Changed, serving

from workloads_conformance.errors import UsageError
from workloads_conformance.settings import load_settings

JUDGE = ("--project-id", "4500001", "--profile", "smoke", "--mode", "read-only")
WITH_TOKEN = (*JUDGE, "--token-env", "TEST_TOKEN")
WITH_CLIENT = (*JUDGE, "--client-id", "conformance", "--client-secret-env", "SECRET")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CREDENTIALS = pytest.mark.parametrize(
    "credentials", [WITH_CLIENT, pytest.param(WITH_TOKEN, marks=pytest.mark.slow)], ids=["client", "token"]
)


@pytest.fixture
def target():
    with serving(Changed()) as served:
        yield served


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "authority")


@pytest.fixture
def run(command, target):
    """Runs in mode read-only, with what the server knows as credentials."""

    def call(*arguments: str, **environ: str):
        clean = dict.fromkeys([*PROXIES, *map(str.upper, PROXIES)], "")
        secret = {"SECRET": target.tokens.member.secret}
        return command("run", *arguments, environ=clean | target.environ | secret | environ)

    return call


def sentence(done, status: int, *words: str) -> str:
    """Returns the one sentence that a run that cannot be made ends with."""
    assert done.returncode == status, done.stdout + done.stderr
    [told] = [line for line in done.stderr.splitlines() if line]
    assert told.startswith("workloads-conformance: ")
    for word in words:
        assert word in told
    return told


def judged(done) -> None:
    """A run of reading alone judges too little to end otherwise."""
    assert done.returncode == 3, done.stderr
    assert "0 failed" in done.stderr.splitlines()[-1]
    assert not done.stdout.startswith("\nfailed")


@pytest.fixture
def secured(target, authority):
    """The target behind TLS 1.3 that asks for a client's certificate."""
    with tls_before(target.url, authority.issue("server"), authority.bundle) as url:
        yield url


@pytest.mark.slow
@CREDENTIALS
def test_a_client_certificate_opens(credentials, run, secured, authority):
    certificate, key = authority.issue("client")
    given = ("--ca-bundle", str(authority.bundle), "--client-cert", str(certificate), "--client-key", str(key))
    judged(run("--target", secured, *given, *credentials))


@CREDENTIALS
def test_a_certificate_of_an_unknown_authority(credentials, run, secured):
    told = sentence(run("--target", secured, *credentials), 3, "TLS: the certificate is not accepted", "--ca-bundle")
    assert "no connection" in told


@CREDENTIALS
def test_a_missing_client_certificate(credentials, run, secured, authority):
    """Under TLS 1.3 the refusal comes after the client is done with the handshake; it may be lost on its way."""
    done = run("--target", secured, "--ca-bundle", str(authority.bundle), *credentials)
    sentence(done, 3, "certificate", "client-cert")


@CREDENTIALS
def test_a_rogue_client_certificate(credentials, run, secured, authority, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    certificate, key = Authority(tmp_path / "elsewhere", "rogue").issue("client")
    given = ("--ca-bundle", str(authority.bundle), "--client-cert", str(certificate), "--client-key", str(key))
    sentence(run("--target", secured, *given, *credentials), 3, "certificate")


@pytest.mark.slow
def test_files_of_tls_are_named(run, authority, tmp_path):
    """With the option, or the variable, that names each."""
    bundle, (certificate, key) = str(authority.bundle), authority.issue("client")
    other = authority.issue("other")[1]
    to = ("--target", "https://127.0.0.1:9", *WITH_TOKEN)
    sentence(run(*to, "--ca-bundle", "nowhere.pem"), 2, "ca-bundle is 'nowhere.pem'")
    sentence(run(*to, "--ca-bundle", str(key)), 2, f"ca-bundle {key} cannot be used", "expected PEM")
    sentence(run(*to, "--client-cert", "nowhere.pem"), 2, "client-cert is 'nowhere.pem'")
    told = sentence(run(*to, "--ca-bundle", bundle, "--client-cert", str(certificate)), 2, f"client-cert {certificate}")
    assert bundle not in told
    sentence(run(*to, "--client-cert", str(certificate), "--client-key", str(other)), 2, str(other))
    sentence(run(*to, "--trust-env", SSL_CERT_FILE="/nowhere.pem"), 2, "SSL_CERT_FILE", "'/nowhere.pem'")
    sentence(run(*to, "--ca-bundle", bundle, SSLKEYLOGFILE=str(tmp_path / "no/where")), 2, "SSLKEYLOGFILE")


@pytest.mark.slow
def test_the_environment_s_authorities_are_trusted_where_it_is(run, target, authority):
    with tls_before(target.url, authority.issue("server")) as url:
        judged(run("--target", url, "--trust-env", *WITH_TOKEN, SSL_CERT_FILE=str(authority.bundle)))
        done = run("--target", url, *WITH_TOKEN, SSL_CERT_FILE=str(authority.bundle))
    sentence(done, 3, "the certificate is not accepted")


@CREDENTIALS
def test_plain_text_where_tls_is_expected(credentials, run, target):
    sentence(run("--target", target.url.replace("http:", "https:"), *credentials), 3, "TLS: what answers speaks no TLS")


@CREDENTIALS
def test_a_name_that_is_not_known(credentials, run):
    sentence(run("--target", "https://no-such-host.invalid", *credentials), 3, "the host's name is not known")


@CREDENTIALS
def test_a_server_of_http_2_alone(credentials, run):
    def speaks_http_2(connection: socket.socket) -> None:
        connection.recv(65536)
        # SETTINGS, and GOAWAY for PROTOCOL_ERROR (RFC 9113, 6.5 and 6.8)
        connection.sendall(bytes.fromhex("0000000400000000000000080700000000000000000000000001"))

    with accepting(speaks_http_2) as port:
        sentence(run("--target", f"http://127.0.0.1:{port}", *credentials), 3, "not HTTP/1.1", "HTTP/2")


@pytest.mark.parametrize("mode", ["read-only", "dry-run", "full"])
def test_a_wrong_base_path_is_told(mode, run, target):
    """Everything gets 404, in JSON; a server that knows no project refuses creates in the same way."""
    done = run("--target", f"{target.url}/runai", *WITH_TOKEN[:-4], "--mode", mode, *WITH_TOKEN[-2:])
    sentence(done, 3, "404", "heck the target's base URL", "/api/v2/workloads")


def test_a_wrong_base_path_is_told_of_the_token_endpoint(run, target):
    done = run("--target", f"{target.url}/runai", *WITH_CLIENT)
    sentence(done, 3, "/api/v1/token", "404", "check token-endpoint and the target's base URL")


@pytest.mark.slow
@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_socks_proxy_leads_to_the_target(way, run, target):
    with socks_proxy() as (url, asked):
        given = ("--proxy", url) if way == "option" else ("--trust-env",)
        judged(run("--target", target.url, *given, *WITH_CLIENT, ALL_PROXY=url))
    assert set(asked) == {target.url.removeprefix("http://")}


@CREDENTIALS
def test_what_is_no_socks_proxy(credentials, run, target):
    with accepting(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        done = run("--target", target.url, "--proxy", f"socks5://127.0.0.1:{port}", *credentials)
    sentence(done, 3, "no connection")


@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_proxy_that_is_not_there_is_named(way, run, target):
    given = ("--proxy", "http://u:secret@127.0.0.1:1") if way == "option" else ("--trust-env",)
    done = run("--target", target.url, *given, *WITH_CLIENT, HTTP_PROXY="http://127.0.0.1:1")
    sentence(done, 3, "no connection through the proxy 127.0.0.1: Connection refused")
    assert "secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("url", ["socks4://127.0.0.1:1", "gopher://x", "http://[::1", "http://"])
def test_what_is_no_proxy_is_told(url, run, target):
    sentence(run("--target", target.url, "--proxy", url, *WITH_TOKEN), 2, "proxy is not a URL of a proxy")
    done = run("--target", target.url, "--trust-env", *WITH_TOKEN, HTTP_PROXY=url)
    sentence(done, 2, "HTTP_PROXY, which trust-env obeys, is not a URL of a proxy")


@pytest.mark.parametrize(
    ("target", "exempt", "goes_through"),
    [
        ("http://127.0.0.1:8080", "", True),
        ("http://127.0.0.1:8080", "127.0.0.1", False),
        ("http://127.0.0.1:8080", "127.0.0.0/8", False),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", False),
        ("http://127.0.0.1:8080", "127.0.0.1:8081", True),
        ("http://127.0.0.1:8080", "::1,[::1],fe80::/10,localhost", True),
        ("http://[::1]:8080", "localhost, ::1", False),
        ("http://[::1]:8080", "[::1]", False),
        ("http://[::1]:8080", "[::1]:8080", False),
        ("http://[::1]:8080", "::/0", False),
        ("http://[fe80::2]", "FE80::/10", False),
        ("http://api.example.com", "example.com", False),
        ("http://api.example.com", ".example.com", False),
        ("http://api.example.com", "*.example.com:80", False),
        ("http://api.example.com", "ample.com", True),
        ("http://api.example.com", "*", False),
    ],
)
def test_no_proxy_names_hosts_addresses_and_networks(target, exempt, goes_through):
    environ = {"T": "t.o.k", "HTTP_PROXY": "proxy.example.com:3128", "NO_PROXY": exempt}
    flags = {"target": target, "project-id": "1", "token-env": "T", "trust-env": True}
    assert load_settings(flags, environ).proxy == ("http://proxy.example.com:3128" if goes_through else None)
    assert load_settings(flags | {"trust-env": None}, environ).proxy is None


def test_the_embedded_server_is_behind_no_proxy():
    assert load_settings({"trust-env": True}, {"HTTP_PROXY": "http://proxy.example.com:3128"}).proxy is None


def test_a_given_proxy_wins_over_the_environment():
    flags = {"target": "http://x.example.com", "project-id": "1", "token-env": "T", "trust-env": True}
    environ = {"T": "t.o.k", "HTTP_PROXY": "nonsense://", "ALL_PROXY": "http://other.example.com"}
    with pytest.raises(UsageError, match="HTTP_PROXY"):
        load_settings(flags, environ)
    assert load_settings(flags | {"proxy": "http://p.example.com:1"}, environ | {"HTTP_PROXY": ""}).proxy == (
        "http://p.example.com:1"
    )
