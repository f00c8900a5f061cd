"""An HDFS in memory, for what WebHDFS' client is asked of small files and folders of loads."""

import io

import hdfs


class HdfsInMemory:
    """Files by their path. A folder is there as long as a file below it is."""

    def __init__(self, files: dict[str, bytes] | None = None):
        self.files = dict(files or {})

    def status(self, path, strict=True):
        if path in self.files or any(one.startswith(f"{path}/") for one in self.files):
            return {"modificationTime": 0, "length": len(self.files.get(path, b""))}
        if strict:
            raise hdfs.HdfsError("absent", exception="FileNotFoundException")
        return None

    def list(self, folder, status=False):
        self.status(folder)
        below = [one[len(folder) + 1 :].split("/")[0] for one in self.files if one.startswith(f"{folder}/")]
        names = sorted(set(below))
        lengths = [{"length": len(self.files.get(f"{folder}/{name}", b"x"))} for name in names]
        return list(zip(names, lengths, strict=True)) if status else names

    def walk(self, folder):
        """Every folder below, with the names of its files; those of its folders are not said."""
        folders = sorted({one.rsplit("/", 1)[0] for one in self.files if one.startswith(f"{folder}/")})
        for path in folders:
            yield path, [], [one[len(path) + 1 :] for one in self.files if one.rsplit("/", 1)[0] == path]

    def read(self, path, offset=0, length=None, encoding=None):
        self.status(path)
        content = self.files[path][offset:] if length is None else self.files[path][offset : offset + length]
        return io.StringIO(content.decode()) if encoding else io.BytesIO(content)

    def write(self, path, data):
        self.files[path] = data if isinstance(data, bytes) else b"".join(data)

    def makedirs(self, path):
        """Folders come by themselves."""

    def delete(self, path, recursive=False):
        self.files = {one: data for one, data in self.files.items() if one != path and not one.startswith(f"{path}/")}

    def rename(self, source, destination):
        """A file or a folder. As HDFS does, it refuses where the destination is there."""
        if destination in self.files:
            raise hdfs.HdfsError(f"{destination} is there", exception="FileAlreadyExistsException")
        moved = [one for one in self.files if one == source or one.startswith(f"{source}/")]
        self.files |= {destination + one[len(source) :]: self.files.pop(one) for one in moved}

    def _rename(self, source, destination, renameoptions):
        self.files[destination] = self.files.pop(source)
