"""Bytes packed in the ways in which people pack files."""

import gzip
import io
import tarfile
import zipfile

import pyarrow

Files = dict[str, bytes]


def zipped(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def tarred(files: Files, mode: str = "w:gz", link: str = "") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(content), tarfile.SYMTYPE if link else tarfile.REGTYPE, link
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zst(content: bytes) -> bytes:
    packed = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(content)
    return packed.getvalue().to_pybytes()


def in_two(content: bytes) -> bytes:
    """As pigz and bgzip pack: several members one behind the other."""
    return gzip.compress(content[:9000]) + gzip.compress(content[9000:])
