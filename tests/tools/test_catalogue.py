"""A text without Korean, a stale or broken translation, an inside word: each is told."""

import importlib.util
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("catalogue", Path("tools/catalogue.py"))
catalogue = importlib.util.module_from_spec(spec)
spec.loader.exec_module(catalogue)

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
class A:
    title = _("Stop %(number)s")
    say = ngettext("%(n)s visit", "%(n)s visits", 2)
    may = pgettext("month", "May")
"""
TEMPLATE = """{% load i18n %}
    <p>{% translate "Evening check" %} {{ name|default:_("nobody") }}</p>
        {% blocktranslate trimmed with who=person %}
          {{ who }} is
          at the door
        {% endblocktranslate %}
      <a title="{{ x }}">(
"""
HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
KOREAN = {
    "Stop %(number)s": "%(number)s번 방문지",
    "Evening check": "저녁 점검",
    "nobody": "없음",
    "%(who)s is at the door": "%(who)s 문 앞 도착",
}
GOOD = (
    "".join(f'msgid "{en}"\nmsgstr "{ko}"\n\n' for en, ko in KOREAN.items())
    + 'msgid "%(n)s visit"\nmsgid_plural "%(n)s visits"\nmsgstr[0] "방문 %(n)s건"\n\n'
    + 'msgctxt "month"\nmsgid "May"\nmsgstr "5월"\n'
)


@pytest.fixture
def source(tmp_path):
    def write(korean: str) -> Path:
        for name, text in {
            "desk/views.py": CODE,
            "desk/templates/desk/a.html": TEMPLATE,
            "desk/locale/ko/LC_MESSAGES/django.po": HEADER + korean,
        }.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def test_a_complete_catalogue_has_no_problems(source):
    assert catalogue.problems(source(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("저녁 점검", ""), "no Korean for 'Evening check'"),
        (("저녁 점검", "배치 점검"), "'배치' is a word of the inside"),
        (("%(number)s번", "1번"), "other placeholders"),
        (("Evening check", "Morning check"), "'Morning check' is used nowhere"),
        (("방문 %(n)s건", ""), "no Korean for '%(n)s visit'"),
        (('msgctxt "month"\n', ""), "no Korean for 'May'"),
        (('msgid "Evening', '#, fuzzy\nmsgid "Evening'), "no Korean for 'Evening check'"),
    ],
)
def test_tells(source, change, told):
    assert told in "\n".join(catalogue.problems(source(GOOD.replace(*change))))


def test_what_is_missing_can_be_pasted(source):
    folder = source("")
    pasted = catalogue.paste(catalogue.missing(folder, "desk"))

    assert len(catalogue.missing(folder, "desk")) == 6
    assert 'msgctxt "month"\nmsgid "May"\nmsgstr ""' in pasted
    assert 'msgid_plural "%(n)s visits"\nmsgstr[0] ""' in pasted
    assert catalogue.missing(folder, "care") == []


def test_compiles_what_changed(source):
    folder = source(GOOD)
    catalogue.compile_all(folder)
    assert catalogue.polib.mofile(str(next(folder.rglob("*.mo")))).find("nobody").msgstr == "없음"
