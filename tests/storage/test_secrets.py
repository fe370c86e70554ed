"""Sealing: what opens, what does not, and that nothing is told on the way."""

from __future__ import annotations

import json
import pickle

import pytest

from storage.secrets import BadKey, KeyLost, Secret, Vault, new_key

VALUES = {"access_token": "shpat_s3cr3t", "shop": "blue-mugs.myshopify.com", "": "café ☕"}


def test_what_was_sealed_opens_and_shows_nothing() -> None:
    vault = Vault([new_key()])
    sealed = vault.seal(VALUES)
    assert vault.open(sealed) == VALUES
    assert b"shpat" not in sealed
    assert sealed != vault.seal(VALUES)


def test_old_keys_open_and_the_newest_seals() -> None:
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(VALUES)
    both = Vault([new, old])
    assert both.open(sealed) == VALUES
    assert Vault([new]).open(both.seal(VALUES)) == VALUES


def test_rotation_frees_the_old_key() -> None:
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(VALUES)
    rotated = Vault([new, old]).rotate(sealed)
    assert Vault([new]).open(rotated) == VALUES
    with pytest.raises(KeyLost):
        Vault([old]).open(rotated)


@pytest.mark.parametrize("act", ["open", "rotate"])
def test_a_lost_key_is_told_with_the_way_out(act: str) -> None:
    sealed = Vault([new_key()]).seal(VALUES)
    vault = Vault([new_key(), new_key()])
    with pytest.raises(KeyLost, match=r"STOCKROOM_SECRET_KEY.*connect the stores again") as told:
        getattr(vault, act)(sealed)
    assert told.value.__cause__ is None
    right = Vault([new_key()])
    assert right.open(right.seal(VALUES)) == VALUES


@pytest.mark.parametrize("tampered", [b"", b"gAAAA", b"\xff\x00"])
def test_what_was_tampered_with_does_not_open(tampered: bytes) -> None:
    vault = Vault([new_key()])
    with pytest.raises(KeyLost):
        vault.open(tampered)
    sealed = bytearray(vault.seal(VALUES))
    sealed[20] ^= 1
    with pytest.raises(KeyLost):
        vault.open(bytes(sealed))


@pytest.mark.parametrize(
    "bad", ["s3cr3t", "", "s3cr3t-" * 8, new_key()[:-2], "ключ"], ids=lambda bad: str(len(bad))
)
def test_a_malformed_key_is_named_by_its_place(bad: str) -> None:
    with pytest.raises(BadKey, match=r"^key 2 of STOCKROOM_SECRET_KEY is malformed") as told:
        Vault([new_key(), bad])
    assert not bad or bad not in str(told.value)
    assert told.value.__cause__ is None


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(BadKey, match="STOCKROOM_SECRET_KEY holds no key"):
        Vault([])


def test_a_vault_prints_nothing_of_its_keys() -> None:
    key = new_key()
    assert key not in repr(Vault([key]))


def test_a_secret_prints_as_stars_wherever_it_goes() -> None:
    secret = Secret("s3cr3t")
    assert secret.reveal() == "s3cr3t"
    shown = [str(secret), repr(secret), f"{secret}", f"{[secret]}", "%s %r" % (secret, secret)]  # noqa: UP031 - as logging does it
    assert "s3cr3t" not in " ".join(shown)
    assert str(secret) == "***"
    with pytest.raises(TypeError):
        json.dumps({"token": secret})
    with pytest.raises(TypeError, match="not to be pickled"):
        pickle.dumps(secret)


def test_secrets_compare_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert (bool(Secret("")), bool(Secret("a"))) == (False, True)
