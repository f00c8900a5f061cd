"""Each heap is one number of the list of services, and the environment may say another."""

import pytest

from aero.cluster import roles, services, spark, spark_thrift, stream
from aero.errors import AeroError
from aero.settings import load_settings

WITH_HEAP = [name for name, role in (roles.BY_NAME | services.BY_NAME).items() if role.heap_mb]


def _service(name):
    return (roles.BY_NAME | services.BY_NAME)[name]


def _flags(name: str) -> str:
    """All that decides on the heap of a service's process."""
    settings = load_settings()
    if name == "spark-thrift":
        return " ".join(spark_thrift.command(settings))
    if name == "stream":
        return spark.application(settings, "stream_flights", stream.configuration(settings))[1]["PYSPARK_SUBMIT_ARGS"]
    return " ".join(_service(name).command(services.environment(settings)))


@pytest.mark.parametrize("name", WITH_HEAP)
def test_a_process_has_the_heap_of_the_list_or_of_the_environment(name, monkeypatch):
    default, variable = f"{_service(name).heap_mb}m", f"{name.upper().replace('-', '_')}_HEAP_MB"
    monkeypatch.delenv(variable, raising=False)
    assert default in _flags(name) and "1234m" not in _flags(name)
    monkeypatch.setenv(variable, "1234")
    assert "1234m" in _flags(name)


@pytest.mark.parametrize("name", [name for name in WITH_HEAP if name not in ("spark-thrift", "stream")])
def test_flags_of_a_site_reach_each_server(name, monkeypatch):
    monkeypatch.setenv("AERO_JAVA_FLAGS", "-Xlog:gc -Xint")
    command = _service(name).command(services.environment(load_settings()))
    assert command.index("-Xlog:gc") + 1 == command.index("-Xint") < command.index("-cp")


def test_a_process_that_the_supervisor_starts_knows_every_heap(monkeypatch):
    monkeypatch.setenv("SPARK_THRIFT_HEAP_MB", "1234")
    variables = services.environment(load_settings())
    assert variables["SPARK_THRIFT_HEAP_MB"] == "1234"
    assert variables["STREAM_HEAP_MB"] == str(services.BY_NAME["stream"].heap_mb)
    assert "LUIGID_HEAP_MB" not in variables


@pytest.mark.parametrize("text", ["2g", "-1", "0", "1.5"])
def test_a_heap_that_is_no_number_is_refused_by_the_name_of_its_variable(text, monkeypatch):
    monkeypatch.setenv("HIVESERVER2_HEAP_MB", text)
    with pytest.raises(AeroError, match=f"HIVESERVER2_HEAP_MB is '{text}'"):
        services.environment(load_settings())
