import re
import shlex
from pathlib import Path

import pytest

from dk.cheat import Item, Language, language, load, nearest, search
from dk.cheat.markdown import PAGES, page
from dk.errors import UsageError
from dk.options import SHARED_OPTIONS
from dk.spec import run_options

SHEET = load()
ITEMS = [item for section in SHEET.sections for item in section.items]
DOCS = Path(__file__).parents[3] / "docs"

COMMANDS = {"run", "ps", "doctor", "clean", "undo", "rm", "engine", "cheat", "completion"}
RUN_OPTIONS = {
    "-it",
    *(flag for option in run_options.RUN_OPTIONS for flag in option.flags),
    *(flag for option in SHARED_OPTIONS for flag in option.flags),
}
# What dk alone has: docker has nothing that could stand beside it.
DK_ONLY = {"dk cheat logs", "dk engine run -- make test", "dk undo"}

# The commands of the cheat sheet that dk replaces, as patterns over the docker lines; `.+` stands
# for its placeholders.
SEED = r"""
docker pull \S+
docker commit \S+ \S+
docker images
docker rmi \S+
docker run nginx
docker run --name \S+ \S+
docker run --rm \S+
docker run -d \S+
docker run -it .+
docker ps --all
docker ps
docker ps -q
docker stop \S+
docker start \S+
docker rm \S+
docker rm \S+ \S+
docker rm \$\(docker ps -aq\)
docker stop \$\(docker ps -q\)
docker exec -it \S+ bash
docker build -t \S+ \.
docker login
docker tag \S+ \S+
docker push \S+
docker volume ls
docker volume rm \S+
docker volume prune
docker volume inspect \S+
docker volume create \S+
docker run .*-v \w+:/\S+ .+
docker cp \S+\.conf \w+:/\S+
docker cp \w+:/\S+ \.
docker run .*-v "\$PWD/\w+:/\S+" \S+
docker run .*-v "\$PWD/\w+:/\S+:ro" \S+
docker run -it --rm -v /var/run/docker\.sock:/var/run/docker\.sock docker
docker run -e \w+=\S+ .+
docker run --env-file \.env \S+
docker logs \w+
docker logs -f \w+
docker logs -t \w+
docker inspect --format '\{\{\.LogPath\}\}' \w+
docker logs \w+ > \S+
docker logs \w+ >> \S+
docker logs \w+ 2> \S+
docker logs \w+ 2>> \S+
docker run .*-p \d+:\d+ \S+
docker run .*-p [\d.]+:\d+:\d+ \S+
docker run .*-p \d+:\d+ -p \d+:\d+ -p \d+:\d+ \S+
docker exec \w+ ss -tuln
docker network ls
docker network create \S+
docker network rm \S+
docker inspect [\w-]+-net
docker run .*--net=\S+ .+
docker run .*--net host \S+
docker run .*--net none .+
docker network connect \S+ \S+
docker run --name test_postgre .*-e POSTGRES_DB=\S+ --net=\S+ -d postgres
docker run --name app -e PG_HOST=test_postgre .*--net=\S+ -d \S+
docker build --target \S+ -t \S+ \.
docker compose up -d
docker compose down
docker compose (ps|logs -f|exec .+|stop|start|restart|build|pull|config)
docker -H ssh://\S+ pull \S+
ansible-playbook .+
kubectl apply .+
""".strip().splitlines()


def found(words: str) -> list[str]:
    return [item.dk[0] for item in search(SHEET, words)]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.task["en"])
def test_an_item_is_complete_in_both_languages(item: Item) -> None:
    assert item.status in ("now", "later")
    assert all(item.dk)
    assert item.dk
    for text in filter(None, (item.task, item.note)):
        assert sorted(text) == ["en", "ru"]
        assert not re.search("[\u0400-\u04ff]", text["en"])
        assert not any(value.endswith((".", " ")) for value in text.values())
    assert re.search("[\u0400-\u04ff]", item.task["ru"])
    if not item.docker:
        assert item.note
        assert item.dk[0] in DK_ONLY or {"--explain", "--dry-run"} & set(item.dk[0].split())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_label_and_title_is_in_both_languages(language: Language) -> None:
    for text in (*SHEET.labels.values(), *(section.title for section in SHEET.sections)):
        assert text[language]


@pytest.mark.parametrize(
    "line", [line for item in ITEMS if item.status == "now" for line in item.dk if line != "dk"]
)
def test_what_the_sheet_says_dk_has_now_it_has(line: str) -> None:
    program, command, *rest = shlex.split(line)
    assert program == "dk"
    assert command in COMMANDS
    if command == "run":
        # All of the sheet's options of programs in a container have another form than these.
        assert {word.split("=")[0] for word in rest if word.startswith("-")} <= RUN_OPTIONS


def test_every_line_can_be_pasted_into_a_shell() -> None:
    for item in ITEMS:
        for line in (*item.dk, *item.docker):
            assert shlex.split(line)
            assert "<" not in line


@pytest.mark.parametrize("shape", SEED)
def test_every_command_of_the_replaced_cheat_sheet_is_there(shape: str) -> None:
    lines = [line for item in ITEMS for line in item.docker]
    assert any(re.fullmatch(shape, line) for line in lines)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_in_docs_is_current(language: Language) -> None:
    name = PAGES[language]
    assert (DOCS / name).read_text(encoding="utf-8") == page(SHEET, language), (
        "run: python -m dk.cheat.markdown docs"
    )


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_row_of_a_page_has_three_cells(language: Language) -> None:
    rows = [line for line in page(SHEET, language).splitlines() if line.startswith("|")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_a_page_marks_what_dk_does_not_have_yet_and_leads_to_its_twin() -> None:
    assert "| `dk pull nginx` *later* |" in page(SHEET, "en")
    assert "| `dk pull nginx` *позже* |" in page(SHEET, "ru")
    assert "| `dk ps -a` |" in page(SHEET, "en")
    assert "(ru/cheat-sheet.md)" in page(SHEET, "en")
    assert "(../cheat-sheet.md)" in page(SHEET, "ru")


@pytest.mark.parametrize(
    ("words", "dk"),
    [
        ("docker logs", "dk logs web"),
        ("dk logs", "dk logs web"),
        ("LOGS follow", "dk logs -f web"),
        ("логи в прямом эфире", "dk logs -f web"),
        ("список образов", "dk images"),
        ("удалить том", "dk volume rm data"),
        ("docker rm", "dk rm web"),
        ("docker-compose up", "dk up"),
        ("--net=app-net", "dk run -d --name web --net=app-net nginx"),
        (">>", "dk logs --out out.log --append web"),
        ("ещё одно имя", "dk run -d --net app-net --network-alias cache redis"),
        ("еще одно имя", "dk run -d --net app-net --network-alias cache redis"),
    ],
)
def test_the_best_hit_comes_first(words: str, dk: str) -> None:
    assert found(words)[0] == dk


@pytest.mark.parametrize(
    ("words", "dk"),
    [
        ("logs", "dk logs web"),
        ("логов", "dk logs web"),
        ("образов", "dk rmi nginx"),
        ("networks", "dk network create app-net"),
        ("сетей", "dk network create app-net"),
        ("том", "dk volume ls"),
        ("вольюмы", "dk volume ls"),
        ("томами", "dk volume rm data"),
        ("контейнеров", "dk rm web"),
        ("bash", "dk sh web"),
        ("-p", "dk run -d -p 8080:80 nginx"),
        ("expose", "dk run -d -P nginx"),
        ("os.environ", "dk run -e TOKEN app"),
    ],
)
def test_a_word_is_found_in_any_form_language_and_tool(words: str, dk: str) -> None:
    assert dk in found(words)


def test_only_what_has_every_word_is_found() -> None:
    assert "dk logs -f web" in found("logs follow")
    assert "dk logs web" not in found("logs follow")
    assert search(SHEET, "logs kubernetes") == []


@pytest.mark.parametrize(
    ("words", "dk"),
    [("run", "dk clean cache"), ("age", "dk images"), ("-rm", "dk run --rm nginx")],
)
def test_a_part_within_a_word_is_no_hit(words: str, dk: str) -> None:
    assert dk not in found(words)


def test_a_hit_in_the_task_comes_before_one_in_a_note() -> None:
    hits = search(SHEET, "expose")
    in_note_only = [
        "expose" not in " ".join((*item.task.values(), *item.docker)).lower() for item in hits
    ]
    assert in_note_only == sorted(in_note_only)


def test_without_words_everything_is_found_in_the_sheets_order() -> None:
    assert search(SHEET, "  ") == ITEMS


@pytest.mark.parametrize(
    ("words", "proposal"),
    [("volumne", "volume"), ("dokcer logs", "docker"), ("контенер", "контейнер")],
)
def test_a_slip_is_answered_with_near_words(words: str, proposal: str) -> None:
    assert search(SHEET, words) == []
    assert proposal in nearest(SHEET, words)


def test_nothing_is_proposed_for_what_is_far_from_everything() -> None:
    assert nearest(SHEET, "qqqqqq") == []


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        (None, {}, "en"),
        (None, {"LANG": "ru_RU.UTF-8"}, "ru"),
        (None, {"LANG": "ru"}, "ru"),
        (None, {"LANG": "run_RN.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, "ru"),
        (None, {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}, "ru"),
        ("en", {"LANG": "ru_RU.UTF-8"}, "en"),
        ("RU", {}, "ru"),
    ],
)
def test_the_language_is_the_options_else_the_locales(
    option: str | None, environ: dict[str, str], expected: str
) -> None:
    assert language(option, environ) == expected


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        language("de", {})
    assert caught.value.fix == "use --lang en or --lang ru"
