"""Settings: where they come from, which source wins, and what each mistake is answered with."""

from dataclasses import fields
from pathlib import Path

import pytest

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.recording.schema import record_schema
from workloads_conformance.settings import OPTIONS, REPLAYED, Mode, Profile, Settings, load_settings

REMOTE = {"target": "https://runai.example.com", "project-id": "p1", "token-env": "TOKEN"}
TOKEN = {"TOKEN": "secret-token"}


def load(flags=None, environ=None, toml=None, tmp_path=None):
    path = None
    if toml is not None:
        path = tmp_path / "conformance.toml"
        path.write_text(toml)
    return load_settings(flags or {}, environ or {}, path)


def test_without_anything_the_embedded_server_is_judged(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert settings.target is None
    assert (settings.profile, settings.mode, settings.seed) == (Profile.STANDARD, Mode.FULL, 0)


def test_a_flag_wins_over_the_environment_which_wins_over_the_file(tmp_path):
    toml = 'seed = 1\nprofile = "smoke"\nconcurrency = 3\n'
    environ = {"WORKLOADS_CONFORMANCE_SEED": "2", "WORKLOADS_CONFORMANCE_PROFILE": "thorough"}
    settings = load({"seed": "5"}, environ, toml, tmp_path)
    assert (settings.seed, settings.profile, settings.concurrency) == (5, Profile.THOROUGH, 3)


def test_the_file_in_the_working_directory_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("conformance.toml").write_text('kinds = ["Job"]\n[implementation]\norganization = "Example"\n')
    settings = load(REMOTE, TOKEN)
    assert settings.kinds == ("Job",)
    assert settings.implementation.organization == "Example"


def repository(tmp_path, monkeypatch, *, git: bool = True) -> Path:
    """Makes a folder with a configuration, and stands in one two levels below it."""
    inner = tmp_path / "inner" / "most"
    inner.mkdir(parents=True)
    if git:
        (tmp_path / ".git").mkdir()
    (tmp_path / "conformance.toml").write_text('profile = "smoke"\nreport-dir = "out"\n')
    monkeypatch.chdir(inner)
    return inner


def test_the_file_is_looked_for_up_to_the_root_of_the_repository(tmp_path, monkeypatch):
    inner = repository(tmp_path, monkeypatch)
    settings = load()
    assert settings.profile is Profile.SMOKE
    assert settings.config == Path("../../conformance.toml")
    assert settings.report_dir.resolve() == tmp_path / "out", "paths in it are relative to it"
    (inner.parent / "conformance.toml").write_text('profile = "thorough"\n')
    assert load().profile is Profile.THOROUGH, "the nearest one is read"


def test_outside_a_repository_nothing_above_is_read(tmp_path, monkeypatch):
    repository(tmp_path, monkeypatch, git=False)
    settings = load()
    assert (settings.profile, settings.config) == (Profile.STANDARD, None)


def test_nothing_above_the_root_of_the_repository_is_read(tmp_path, monkeypatch):
    inner = repository(tmp_path, monkeypatch)
    (inner.parent / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    assert load().config is None


@pytest.mark.parametrize(
    ("flags", "toml"),
    [
        ({"project-id": "1"}, ""),
        ({"cluster-id": "0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11"}, ""),
        ({"token-env": "TOKEN"}, ""),
        ({"forbidden-token-env": "TOKEN"}, ""),
        ({"waivers": "/dev/null"}, ""),
        ({"ca-bundle": "/dev/null"}, ""),
        ({}, '[implementation]\norganization = "Example"'),
    ],
)
def test_what_belongs_to_a_target_needs_one(flags, toml, tmp_path):
    with pytest.raises(UsageError, match="is given without target; give --target URL"):
        load(flags, TOKEN, toml, tmp_path)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("tagret = 'x'", r"conformance.toml: 'tagret' is not a known option; did you mean 'target'\?"),
        ("zzz = 1", "'zzz' is not a known option; known are"),
        ("seed = 'one'", r"conformance.toml: seed is 'one'; expected a whole number from 0 to"),
        (
            "profile = 'standart'",
            r"profile is 'standart'; expected one of smoke, standard, thorough; did you mean 'standard'\?",
        ),
        ("concurrency = 0", "concurrency is 0; expected a whole number from 1 to 256"),
        ("kinds = 'Job'", "kinds is 'Job'; expected a list of one text or more"),
        (
            "[implementation]\norganisation = 'x'",
            r"table implementation: 'organisation' is not a known option; did you mean 'organization'\?",
        ),
        ("seed = ", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(toml, told, tmp_path):
    with pytest.raises(UsageError, match=told) as caught:
        load(toml=toml, tmp_path=tmp_path)
    assert caught.value.exit_status == ExitStatus.USAGE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"target": "runai.example.com"}, "expected a URL such as"),
        ({"target": "ftp://runai.example.com"}, "expected a URL such as"),
        ({"target": "https://runai.example.com:port"}, "expected a URL such as"),
        ({"target": "https://me:hunter2@runai.example.com"}, "target holds credentials"),
        ({"target": "https://runai.example.com/?x=1"}, "without '\\?' or '#'"),
        ({"project-id": None}, "project-id is missing"),
        ({"token-env": None}, "no credentials are given"),
        ({"token-env": "NOT_SET"}, "token-env names the environment variable NOT_SET, which is not set"),
        ({"client-id": "c"}, "client-id and client-secret-env go together"),
        ({"token-file": "/nonexistent"}, "one way to get a token is enough"),
        (
            {"token-env": None, "token-file": "/nonexistent"},
            "token-file is '/nonexistent', which is not a readable file",
        ),
        ({"cluster-id": "7"}, "cluster-id is '7'"),
        ({"deadline": "soon"}, "--deadline is 'soon'; expected a number above 0"),
        ({"client-key": __file__}, "client-key is given without client-cert"),
    ],
)
def test_a_wrong_combination_is_named(change, told):
    with pytest.raises(UsageError, match=told) as caught:
        load({**REMOTE, **change}, TOKEN)
    assert "hunter2" not in str(caught.value)
    assert "secret-token" not in str(caught.value)


def test_credentials_without_a_target_are_refused():
    with pytest.raises(UsageError, match="project-id is given without target"):
        load({"project-id": "p"})


def test_a_misspelt_environment_variable_is_named():
    with pytest.raises(UsageError, match="did you mean 'WORKLOADS_CONFORMANCE_TARGET'"):
        load(environ={"WORKLOADS_CONFORMANCE_TARGTE": "x"})


def test_a_missing_configuration_file_is_named(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        load_settings({}, {}, tmp_path / "none.toml")


def test_a_target_loses_its_trailing_slash():
    assert load({**REMOTE, "target": "https://runai.example.com/"}, TOKEN).target == "https://runai.example.com"


def test_the_settings_have_a_field_for_each_row_of_the_table():
    """And for what is not a known option: the table of the product, and the file that was read."""
    rows = [option.attribute for option in OPTIONS]
    others = ["implementation", "config", "config_place"]
    assert sorted(field.name for field in fields(Settings)) == sorted([*rows, *others])


def test_a_record_says_what_affects_its_replay():
    said = record_schema()["$defs"]["run"]["properties"]["settings"]
    assert sorted(said["properties"]) == sorted(REPLAYED)
    assert set(said["required"]) <= set(REPLAYED)


def test_every_file_that_has_to_be_there_is_a_path():
    assert [option.key for option in OPTIONS if option.is_read and not option.is_path] == []
