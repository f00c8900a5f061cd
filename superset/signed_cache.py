"""Caches that give back only what this Superset has put there.

They hold Python's pickles, and a pickle that somebody else made runs what they like. So each value is stored with a
signature by a key of this Superset's; what has none, or a wrong one, counts as not there.
"""

import hashlib
import hmac
import logging
import pickle
from typing import IO, Any

import redis
from flask import Flask
from flask_caching.backends import FileSystemCache, RedisCache

_SIZE = hashlib.sha256().digest_size
log = logging.getLogger(__name__)


class Signed:
    """Values as bytes and back: cachelib's interface of a serializer."""

    def __init__(self, secret: str):
        self.key = hashlib.sha256(b"cache:" + secret.encode()).digest()

    def dumps(self, value: Any) -> bytes:
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return hmac.digest(self.key, data, "sha256") + data

    def loads(self, stored: bytes | None) -> Any:
        if stored is None:
            return None
        signature, data = stored[:_SIZE], stored[_SIZE:]
        if not hmac.compare_digest(signature, hmac.digest(self.key, data, "sha256")):
            log.warning("A remembered value without this Superset's signature is not used.")
            return None
        return pickle.loads(data)

    def dump(self, value: Any, file: IO[bytes]) -> None:
        file.write(self.dumps(value))

    def load(self, file: IO[bytes]) -> Any:
        return self.loads(file.read())


class _Factory:
    """How flask-caching makes the class: by the name of its factory, with the application's settings."""

    @classmethod
    def factory(cls, app: Flask, config: dict, args: list, kwargs: dict) -> Any:
        # A cache of files writes as soon as it is made, so it has its serializer from the beginning.
        signing = type(cls.__name__, (cls,), {"serializer": Signed(app.config["SECRET_KEY"])})
        return super(_Factory, signing).factory(app, config, args, kwargs)


def signed_redis(secret: str, url: str, **settings: Any) -> RedisCache:
    """A cache in Redis that no application makes."""
    cache = RedisCache(redis.from_url(url), **settings)
    cache.serializer = Signed(secret)
    return cache


class SignedFiles(_Factory, FileSystemCache):
    """In files of a folder."""


class SignedRedis(_Factory, RedisCache):
    """In Redis."""
