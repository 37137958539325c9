"""Compressed answers for files that are the same for everyone: brotli where it is installed, else gzip."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache

from flask import Response, request

try:
    import brotli
except ImportError:  # without it gzip serves: a few kilobytes more, nothing else
    brotli = None


def packed(body: bytes, mimetype: str, *, max_age: int, immutable: bool = False) -> Response:
    """A cacheable answer with an ETag, in the smallest encoding the caller takes."""
    encoding = best_encoding()
    response = Response(pack(body, encoding), mimetype=mimetype)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.set_etag(hashlib.sha256(body).hexdigest()[:20] + (f"-{encoding}" if encoding else ""))
    response.headers["Cache-Control"] = f"public, max-age={max_age}" + (", immutable" if immutable else "")
    response.make_conditional(request)
    return response


def best_encoding() -> str:
    """The encoding to use for this request; empty for none."""
    accepted = request.accept_encodings
    for name in ("br", "gzip") if brotli is not None else ("gzip",):
        if accepted.quality(name) > 0 and "*" not in accepted.values():
            return name
    return ""


@lru_cache(maxsize=256)
def pack(body: bytes, encoding: str) -> bytes:
    """The body in one encoding; the same body is packed once."""
    if encoding == "br":
        return brotli.compress(body, quality=9)
    if encoding == "gzip":
        return gzip.compress(body, compresslevel=7, mtime=0)
    return body
