"""Folders of HDFS as a data root has them."""


def storage(folder, cluster="CID-1", image=False):
    """Names (with an `image`) or blocks of a cluster."""
    (folder / "current").mkdir(parents=True)
    (folder / "current" / "VERSION").write_text(f"clusterID={cluster}\n")
    for name in ("fsimage_0000000000000000007", "fsimage_0000000000000000007.md5") if image else ():
        (folder / "current" / name).write_text(name)
