"""Which image and which edits tell the newest names, and what of them is lost."""

import pytest

from aero.cluster import hdfs_names


@pytest.fixture
def folder(tmp_path):
    """Makes a folder of names with these images, files of edits and, where it is said, seen_txid."""

    def make(name, images=(), edits=(), seen=None):
        current = tmp_path / name / "current"
        current.mkdir(parents=True)
        (current / "VERSION").write_text("clusterID=CID-1\n")
        for change in images:
            for end in ("", ".md5"):
                (current / f"fsimage_{change:019d}{end}").write_text(name)
        for first, last in edits:
            file = f"edits_{first:019d}-{last:019d}" if last else f"edits_inprogress_{first:019d}"
            (current / file).write_text(name)
        if seen is not None:
            (current / "seen_txid").write_text(f"{seen}\n")
        return tmp_path / name

    return make


def told(*folders):
    """The image, the edits as first changes, what they reach, and how many changes are lost."""
    names = hdfs_names.newest(folders)
    return (
        int(names.image.name[8:]),
        [int(file.name.split("_")[-1][:19]) for file in names.edits],
        names.reached,
        names.lost,
    )


def test_all_is_there_to_the_last_change(folder):
    whole = folder("name", images=[0, 42], edits=[(1, 42), (43, 47), (48, None)], seen=48)
    assert told(whole) == (42, [43, 48], 48, 0)
    assert hdfs_names.newest([whole]).is_to_the_end and hdfs_names.is_whole(whole)
    assert hdfs_names.is_whole(folder("new", images=[0], seen=0))


def test_an_image_that_is_lost_is_the_checkpoint_s_and_the_edits_behind_it_are_the_folder_s(folder):
    name = folder("name", edits=[(1, 42), (43, 47), (48, None)], seen=48)
    checkpoint = folder("checkpoint", images=[42], edits=[(1, 42)])
    assert hdfs_names.newest([name]) is None and not hdfs_names.is_whole(name)
    assert told(name, checkpoint) == (42, [43, 48], 48, 0)
    assert hdfs_names.newest([name, checkpoint]).is_to_the_end


def test_edits_behind_a_gap_are_lost_and_counted(folder):
    name = folder("name", images=[42], edits=[(43, 47), (60, 70), (71, None)], seen=71)
    assert told(name) == (42, [43], 47, 24) and not hdfs_names.is_whole(name)
    assert told(folder("seen", images=[42], seen=50)) == (42, [], 42, 8)


def test_an_image_without_its_sum_is_half_written_and_not_taken(folder):
    name = folder("name", images=[42, 50], edits=[(43, 50)], seen=50)
    (name / "current" / f"fsimage_{50:019d}.md5").unlink()
    assert told(name) == (42, [43], 50, 0)


def test_of_one_file_twice_the_first_folder_s_is_taken_and_a_finished_one_before_one_that_was_still_written(folder):
    first = folder("first", images=[42], edits=[(43, None)])
    second = folder("second", images=[42], edits=[(43, 47)])
    names = hdfs_names.newest([first, second])
    assert names.image.is_relative_to(first) and [file.name[-3:] for file in names.edits] == ["047"]
    assert not names.is_to_the_end


def test_what_is_written_is_a_whole_folder(folder, tmp_path):
    name = folder("name", images=[42], edits=[(43, 47), (60, None)], seen=60)
    assert not hdfs_names.is_whole(name)
    hdfs_names.write(hdfs_names.newest([name]), name / "current" / "VERSION", tmp_path / "fresh")
    assert hdfs_names.is_whole(tmp_path / "fresh")
    assert (tmp_path / "fresh" / "current" / "seen_txid").read_text() == "47\n"
