"""The repository keeps its own promises: structure, names, and that what its README says is there."""

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aero import hql
from aero.cli import main
from aero.cluster import services
from aero.datasets import BATCH_VIEWS, REPOSITORY
from aero.settings import PORTS, load_settings
from tests import repository_text

README = (REPOSITORY / "README.md").read_text()
TRACKED = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True).stdout.split()
PAGES = [name for name in TRACKED if name.endswith(".md")]
# docs/attacks.md names what attempts to come in were after: files of a data root, of which the repository has none.
TEXTS = [name for name in TRACKED if repository_text.is_read(name) and name != "docs/attacks.md"]


def _imports(folder: str) -> set[str]:
    trees = [ast.parse(file.read_text()) for file in (REPOSITORY / folder).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}


def test_tasks_and_jobs_import_aero_and_not_each_other():
    own = {"aero", "luigi_tasks", "jobs"} | {file.stem for file in (REPOSITORY / "jobs").glob("*.py")}
    assert _imports("aero") & own == {"aero"}
    assert _imports("luigi_tasks") & (own - {"clean_flights", "build_views"}) <= {"aero", "luigi_tasks"}
    assert "luigi_tasks" not in _imports("jobs")


@pytest.mark.parametrize("folder", ["docker", "hadoop", "hbase", "hive", "kafka", "superset"])
def test_folders_that_bear_a_library_s_name_are_no_packages(folder):
    assert not (REPOSITORY / folder / "__init__.py").exists()


def _missing(texts: list[str], named: Callable[[str], list[str]], is_there: Callable[[str], object]) -> dict:
    """What each file names that is not there; files that name only what is there are left out."""
    found = {name: [one for one in named(repository_text.of(REPOSITORY / name)) if not is_there(one)] for name in texts}
    return {name: missing for name, missing in found.items() if missing}


def test_every_path_that_a_text_names_exists():
    """Pages, comments, docstrings and what programs say. A file may be named without its folder, a module with dots."""
    assert _missing(TEXTS, repository_text.paths, lambda path: list(REPOSITORY.glob(path.rstrip("/")))) == {}
    assert _missing(TEXTS, repository_text.files, {Path(name).name for name in TRACKED}.__contains__) == {}
    python = [name for name in TEXTS if name.endswith((".py", ".md"))]
    assert _missing(python, repository_text.modules, repository_text.is_module) == {}


def test_every_test_that_a_page_names_exists():
    def is_there(test: str) -> bool:
        file, name = test.split("::")
        return f"def {name}(" in (REPOSITORY / file).read_text()

    assert _missing(PAGES, repository_text.tests, is_there) == {}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name):
    page = REPOSITORY / name
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_a_page_is_one(name):
    for line in repository_text.commands((REPOSITORY / name).read_text()):
        command = main
        for word in re.sub("^aero --profile compose", "aero", line).split()[1:]:
            if isinstance(command, click.Group):
                assert word in command.commands, line
                command = command.commands[word]
        options = set(re.findall(r"\s(--?[a-z-]+)", line))
        known = {option for parameter in [*main.params, *command.params] for option in parameter.opts}
        passes_on = command.context_settings.get("ignore_unknown_options")
        assert passes_on or options <= known, line


def test_the_readme_shows_commands_and_paths():
    assert len(repository_text.commands(README)) > 20 and len(repository_text.paths(README)) > 15


def test_aero_explain_knows_every_batch_view():
    rows_of_flight = (REPOSITORY / "hive" / "aero_batch" / "rows_of_flight.hql").read_text()
    assert re.findall(r"'(\w+)' AS view_name", rows_of_flight) == [view.table for view in BATCH_VIEWS]


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command, those of groups too."""
    found = []
    for name, command in sorted(group.commands.items()):
        found.append((*path, name))
        found += _commands(command, (*path, name)) if isinstance(command, click.Group) else []
    return found


@pytest.mark.parametrize("words", _commands(main), ids=" ".join)
def test_every_command_has_help_with_an_example(words):
    if words == ("beeline",):  # Its --help is beeline's own, and replaces this process.
        shown = main.commands["beeline"].help
    else:
        shown = CliRunner().invoke(main, [*words, "--help"]).output
    assert words == ("demo",) or re.search(rf"^ *aero {' '.join(words)}\b", shown, re.MULTILINE)


def test_the_readme_lists_every_service_of_the_list():
    for service in services.SERVICES:
        ports = " ".join(str(PORTS[name]) for name in service.ports)
        assert f"| {service.name} | {service.what} | {service.heap_mb or '–'} | {ports}" in README


def test_every_port_and_host_that_a_configuration_file_reads_is_a_setting():
    known = set(services.environment(load_settings()))
    optional = re.compile(r"\$\{env\.(\w+):-")
    for file in [*REPOSITORY.glob("h*/conf/*.xml")]:
        text = file.read_text()
        required = set(re.findall(r"\$\{env\.(\w+)\}", text))
        assert required <= known, file
        ports = {name for name in optional.findall(text) if name.endswith("_PORT")}
        assert ports <= known, file


def test_the_python_packages_are_pinned():
    import configparser

    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg")
    required = setup["options"]["install_requires"].split() + setup["options.extras_require"]["test"].split()
    assert all("==" in requirement for requirement in required)
    pinned = (REPOSITORY / "constraints.txt").read_text().lower()
    assert all(requirement.lower() in pinned for requirement in required)


def test_tables_and_topics_to_make_are_named_as_the_house_names_them():
    topics = tomllib.loads((REPOSITORY / "kafka" / "topics.toml").read_text())["topic"]
    tables = tomllib.loads((REPOSITORY / "hbase" / "tables.toml").read_text())["table"]
    assert all(re.fullmatch(r"[a-z.]+", topic["name"]) for topic in topics)
    assert all(table["name"].startswith("aero:") for table in tables)


def test_every_hql_under_demo_can_be_rendered():
    for file in (REPOSITORY / "hive" / "demo").glob("*.hql"):
        assert hql.statements(file, {"year": 2013})


def test_nothing_committed_names_a_path_of_a_developer_s_machine():
    own = Path(__file__).relative_to(REPOSITORY)
    for name in TRACKED:
        if name != str(own) and (REPOSITORY / name).is_file():
            assert not re.search(rb"/work/|/root/", (REPOSITORY / name).read_bytes()), name


def _functions(name: str) -> dict[str, int]:
    """The functions of a Python file with their lines, docstring included and decorators left out."""
    nodes = [node for node in ast.walk(ast.parse((REPOSITORY / name).read_text())) if isinstance(node, ast.FunctionDef)]
    return {f"{name} {node.name}": node.end_lineno - node.lineno + 1 for node in nodes}


def test_files_and_functions_are_small():
    sources = [name for name in TRACKED if name.endswith((".py", ".hql"))]
    lines = {name: len((REPOSITORY / name).read_text().splitlines()) for name in sources}
    python = [name for name in sources if name.endswith(".py")]
    functions = {function: count for name in python for function, count in _functions(name).items()}
    assert {name: count for name, count in lines.items() if count > 300} == {}
    assert {function: count for function, count in functions.items() if count > 40} == {}
    assert statistics.median(lines[name] for name in python) <= 100


def test_the_readme_is_read_in_one_sitting():
    assert len((REPOSITORY / "README.md").read_text().splitlines()) <= 220


def test_who_is_told_to_install_something_is_told_for_debian_ubuntu_and_fedora():
    files = [
        name for name in TRACKED if name.startswith("aero/") or name in ("README.md", "Makefile", "docker/base.sh")
    ]
    texts = {name: (REPOSITORY / name).read_text() for name in files if name.endswith((".py", ".md", ".sh", "file"))}
    told = {name: text for name, text in texts.items() if re.search("apt-get install|dnf install", text)}
    assert len(told) == 7
    words = ("apt-get install", "dnf install", "Debian", "Ubuntu", "Fedora")
    lacking = {name: [word for word in words if word not in " ".join(text.split())] for name, text in told.items()}
    assert {name: words for name, words in lacking.items() if words} == {}
