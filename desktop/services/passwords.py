"""Password hashes: Argon2id with the library's RFC 9106 parameters, re-hashed when those grow."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody")


def hash_password(password: str) -> str:
    """The Argon2id hash to keep."""
    return _hasher().hash(_as_bytes(password))


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` opens the account. Without a hash the same time is spent, so that nothing is told by it."""
    try:
        matches = _hasher().verify(password_hash or _nobodys_hash(), _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(password_hash)


def _as_bytes(password: str) -> bytes:
    return password.encode(errors="surrogatepass")  # whatever can be typed


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(password_hash)
