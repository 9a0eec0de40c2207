"""The check of the language finds what it must find, where it must find it, and nothing in code."""

import subprocess
import sys
from pathlib import Path

import pytest

import prose
import texts

ROOT = Path(__file__).parents[2]
KNOWN = prose.table(prose.WORDS.read_text())

# One bad sentence for each rule of words.toml, with the words that must be named.
BAD = [
    ("It leaves with 69.", "leaves with"),
    ("The tombstone tells the code.", "tells"),
    ("The value stands in the table.", "stands"),
    ("The wait goes on.", "goes on"),
    ("The file is no more there.", "no more"),
    ("It has a child of its own.", "of its own"),
    ("Stop those that wait.", "those that"),
    ("Read so many bytes.", "so many"),
    ("No file, none such, was found.", "none such"),
    ("The socket cannot be had.", "cannot be had"),
    ("Use a volume, an emptyDir, say, for it.", ", say"),
    ("It would wait for ever.", "for ever"),
    ("A wait of at most infinite.", "at most infinite"),
    ("Wait for them, as far as born.", "as far as"),
    ("The command ended with 3.", "command ended with"),
    ("Nobody reads the pipe.", "Nobody"),
    ("Take whatever is there.", "whatever"),
    ("It has to be set.", "has to be"),
    ("It is opened anew.", "anew"),
    ("It carves the tombstone.", "carves"),
    ("It gets TERM first.", "TERM"),
]
GOOD = [
    "It exits with 69, no more than once; however, it logs a line.",
    "SIGTERM first, then SIGKILL. KUBEXIT_TERM_AFTER defers it.",
    "None of the containers is ready, and the value is None.",
]
FILES = {
    "page.md": "Fine.\n\nIt goes\non.\n",
    "part.pyx": 'cdef int x = 1\n\n# It goes\n# on.\nx = "goes_on"\n',
    "module.py": 'def f() -> str:\n\n    """Wait: it goes\n    on."""\n',
    "message.pyx": '\n\nlog_info(log, b"the wait of %s goes "\n         b"on all day", name)\n',
    "table.h": 'ROW(X)\n\nROW(Y, "it goes "\n    "on all day")\n',
    "native.c": "int a;\n\n/* It goes\n * on. */\n",
    "script.sh": 'echo "$#"\n\n# It goes\n# on.\n',
    "settings.toml": "a = 1\n\n# It goes\n# on.\n",
    "Makefile": "a:\n\nb: ## it goes  on\n\t@true\n",
}
CODE = {
    "page.md": "Write `goes on`, or [this](goes on.md):\n\n    run goes on\n\n```sh\ngoes on\n```\n",
    "module.py": "goes = on\nword = 'TERM'\nshown = f'the code is {goes } on'\n",
    "shell.py": """run('sh', '-c', "trap 'echo TERM' TERM; read x")\n""",
    "actor.py": "wait('READY SIGNAL TERM 15')\nwait('FENCE NOBODY IS LEFT')\n",
    "part.pyx": 'x = b"KILL"\n',
    "native.c": 'char *x = "TERM";\nint TERM;\n',
    "script.sh": "kill -TERM 1; trap 'it goes on' TERM\n",
    "settings.toml": "goes = 'on'\nfind = 'TERM'\n",
    "data.json": '{"it": "goes on"}',
}


def found(path: str, text: str) -> list[prose.Finding]:
    """Return the findings in a file with this name and text."""
    read = texts.reader(path)
    return prose.findings(path, read(text), KNOWN.rules) if read else []


@pytest.mark.parametrize(("sentence", "words"), BAD, ids=lambda value: value)
def test_each_rule_finds_its_words(sentence: str, words: str) -> None:
    """A finding has the words, the line, and what to write instead."""
    (finding,) = found("page.md", f"A title\n\n{sentence}\n")

    assert finding.words == words
    assert str(finding).startswith(f'page.md:3: "{words}": write ')


def test_no_rule_is_without_an_example() -> None:
    """A rule that finds nothing in the bad sentences could be deleted without notice."""
    idle = [rule.find.pattern for rule in KNOWN.rules if not any(rule.find.search(sentence) for sentence, _ in BAD)]

    assert idle == []


@pytest.mark.parametrize("sentence", GOOD)
def test_good_sentences_pass(sentence: str) -> None:
    """The words that are written instead are not refused themselves."""
    assert found("page.md", sentence) == []


@pytest.mark.parametrize("path", FILES)
def test_prose_is_found_in_every_kind_of_file(path: str) -> None:
    """A phrase that is broken at the end of a line is found, with the line where it begins."""
    assert [(finding.line, finding.words) for finding in found(path, FILES[path])] == [(3, "goes on")]


@pytest.mark.parametrize("path", CODE)
def test_code_is_not_prose(path: str) -> None:
    """Names, code spans, commands and data are left alone."""
    assert found(path, CODE[path]) == []


@pytest.mark.parametrize("path", [*FILES, *CODE])
def test_a_position_stays_what_it_was(path: str) -> None:
    """Without that no finding would name the right line."""
    text = (FILES | CODE)[path]
    read = texts.reader(path) or texts.plain

    assert len(read(text)) == len(text)
    assert read(text).count("\n") == text.count("\n")


def test_every_kind_of_file_of_the_repository_is_known() -> None:
    """A new kind of source would be left out without notice."""
    data = {".json", ".svg", ".txt", ".mod", ".sum", ".tsv", ".typed", ".ld", ".spec", ".go", ".editorconfig"}
    unknown = {
        path
        for path in prose.files()
        if texts.reader(path) is None
        and Path(path).suffix not in data
        and not path.startswith(("tests/recorded/", "tests/fuzz/corpus/"))
        and Path(path).name != "LICENSE"
    }

    assert unknown == set()


def test_help_is_read_as_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad word that only the assembled text has is found."""
    printed = subprocess.CompletedProcess([], 0, "Usage: kubexit\n  the wait goes on\n", "")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: printed if "--help" in command else None)

    (finding,) = prose.in_help(KNOWN.rules)

    assert (finding.path, finding.line, finding.words) == ("kubexit --help", 2, "goes on")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one bad page, of which the check has only seen what its own table says."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "build").mkdir()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "page.md").write_text("It goes on.\n")
    monkeypatch.setattr(prose, "ROOT", tmp_path)
    monkeypatch.setattr(prose, "WORDS", tmp_path / "build" / "words.toml")
    monkeypatch.setattr(prose, "in_help", lambda rules: [])
    return tmp_path


def words(later: str) -> str:
    """Return a table with a list of files that are not rewritten."""
    return f"later = [{later}]\nnever = ['build/words.toml']\n[[replace]]\nfind = 'goes on'\nwrite = 'continues'\n"


@pytest.mark.parametrize(
    ("later", "code", "line"),
    [
        ("", 1, '  pages/page.md:1: "goes on": write continues'),
        ("'pages/'", 0, ""),
        ("'pages/', 'ext/'", 1, "  build/words.toml: ext/ has no findings; remove it from `later`"),
    ],
)
def test_the_list_of_old_text_only_shrinks(
    tree: Path, capsys: pytest.CaptureFixture[str], later: str, code: int, line: str
) -> None:
    """What is on the list may have findings; an entry that has none is an error, and so are findings elsewhere."""
    prose.WORDS.write_text(words(later))

    assert prose.main([]) == code
    assert capsys.readouterr().out.rstrip("\n") == line


def test_the_command_exits_with_1_and_names_the_place(tmp_path: Path) -> None:
    """`make check` sees the exit code, a person sees the line."""
    page = tmp_path / "page.md"
    page.write_text("Good.\nIt leaves with 69.\n")

    ran = subprocess.run(
        [sys.executable, "build/prose.py", str(page)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 1
    assert ran.stdout == f'  {page}:2: "leaves with": write exit with\n'
