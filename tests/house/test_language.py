"""No page mixes its two languages: a walk as everyone, reading what is not written by people."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import allauth
import django
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core import mail

from access import circle
from access.binding import binding, frozen_clock
from tests.access import cast
from tests.access.cast import NOON


OTHER = {"en": "fr", "fr": "en"}
# Words a sentence of the other language can hardly do without, and that ours never holds.
LEFT_OVER = {
    "en": re.compile(
        r"\b(?:le|la|les|du|des|au|aux|vous|votre|vos|est|sont|pas|une|avec|dans|qui|que|cette"
        r"|mon|mes|été|pour|sur)\b|[éèêàçùôîœ«»]",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:the|your|you|is|are|not|with|this|and|has|have|been|of|please|password)\b",
        re.IGNORECASE,
    ),
}
# French that an English page says on purpose: the name of the thing in France, an address.
SAID_IN_FRENCH = re.compile(
    r"\(médecin traitant\)|\(Défenseur des droits\)|Libre réponse|3 place de \w+"
)
NEVER_CLOSED = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SPOKEN = ("alt", "aria-label", "placeholder", "title")
FEWEST_PAGES = {"stranger": 10, "patient": 15, "doctor": 8, "counter": 3, "loader": 2, "desk": 2}
MOST_PAGES = 80
# The same for everyone: read once, as a stranger.
FOR_ALL = ("/aide/", "/accessibilite/")
STRANGERS = ("/", "/compte/mot-de-passe/oublie/", "/compte/inscription/", "/nulle-part/")
SIGNED_IN = ("/", "/compte/mot-de-passe/", "/compte/securite/")


class Reading(HTMLParser):
    """What a page says itself: not what people wrote, nor what is marked as the other language."""

    def __init__(self, html):
        super().__init__()
        self.language, self.said, self.links = "", [], []
        self._open = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang", "")
        if tag == "a":
            self.links.append(named.get("href") or "")
        theirs = (
            tag in {"script", "style", "template", "textarea", "code"}
            or "dmp-private" in (named.get("class") or "").split()
            or named.get("lang") in {OTHER.get(self.language), "mul"}
        )
        if not theirs and not self._silent:
            self.said += [named[name] for name in SPOKEN if named.get(name)]
        if tag not in NEVER_CLOSED:
            self._open.append((tag, theirs))

    def handle_endtag(self, tag):
        while any(name == tag for name, _theirs in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data):
        if data.strip() and not self._silent:
            self.said.append(" ".join(data.split()))

    @property
    def _silent(self):
        return any(theirs for _name, theirs in self._open)


@pytest.fixture
def people(as_owner):
    """Each kind of person; no name of theirs looks like a word of either language."""
    with as_owner():
        holder = cast.person("Nina", "Kazan")
        record = cast.record(holder)
        nina = cast.family_viewer(holder)
        petit = cast.pro("Petrov", place=cast.structure("Cabinet Petrov"))
        martin = cast.pro("Martin", place=cast.structure("Cabinet Martin"))
        pharmacy = cast.structure("Pharmacie Kerlan", "pharmacy")
        pharmacist = cast.pro("Benali", profession="21", title="", place=pharmacy)
        cast.document(record, title="Lettre", by=martin)
        cast.line(record, performer_id=martin.id, performer_name="Dr Alix Martin")
        loader = cast.User.objects.create(email="loader@exemple.test", fund_role="administrator")
        desk = cast.User.objects.create(email="desk@exemple.test", fund_role="agent")
    with binding(nina, at=NOON):
        circle.authorise(by=nina, record_id=record.id, professional_id=martin.id)
        circle.declare_treating_gp(by=nina, record_id=record.id, professional_id=petit.id)
    return SimpleNamespace(
        patient=(nina.user_id, f"patient:{record.id}"),
        doctor=(petit.viewer.user_id, f"professional:{petit.viewer.practice.id}"),
        counter=(pharmacist.viewer.user_id, f"professional:{pharmacist.viewer.practice.id}"),
        loader=(loader.id, "fund_administrator:"),
        desk=(desk.id, "fund_agent:"),
    )


def sign_in(client, user_id, capacity):
    client.force_login(cast.User.objects.get(id=user_id))
    session = client.session
    session["capacity"], session["second_factor"] = capacity, "totp"
    session.save()


def pages(client, language, start):
    """Follow every link from these, each kind of address once."""
    ahead, met = list(start), set(() if start is STRANGERS else FOR_ALL)
    while ahead and len(met) < MOST_PAGES:
        address = ahead.pop(0).partition("#")[0]
        shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|=[^&]*", "*", address)
        if not address.startswith("/") or shape in met:
            continue
        met.add(shape)
        answer = client.get(address, headers={"accept-language": language}, follow=True)
        if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            reading = Reading(answer.content.decode())
            # A file of the site is no page, and its stream would stay open.
            ahead += [link for link in reading.links if not link.startswith("/static/")]
            yield shape, reading


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(FEWEST_PAGES))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_speaks_the_other_language(client, people, language, who):
    wrong, seen = [], 0
    with frozen_clock(NOON):
        if who != "stranger":
            sign_in(client, *getattr(people, who))
        for shape, reading in pages(
            client, language, STRANGERS if who == "stranger" else SIGNED_IN
        ):
            seen += 1
            if reading.language != language:
                wrong.append(f"{shape}: said to be in {reading.language!r}")
            wrong += [
                f"{shape}: {words[:120]}"
                for words in reading.said
                if LEFT_OVER[language].search(SAID_IN_FRENCH.sub("", words))
            ]
    assert wrong == []
    assert seen >= FEWEST_PAGES[who]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Votre dossier"), ("en", "Reçu"), ("fr", "Forgot your password?"), ("fr", "of")],
)
def test_the_reading_would_see_a_sentence_left_behind(language, words):
    page = Reading(f'<html lang="{language}"><p title="{words}"><img alt="{words}">{words}</p>')

    assert page.said == [words] * 3
    assert LEFT_OVER[language].search(words)


@pytest.mark.parametrize("mark", ['class="a dmp-private"', 'lang="fr"'])
def test_the_reading_leaves_what_people_wrote_and_what_is_marked(mark):
    page = Reading(f'<html lang="en"><p {mark}>Lettre <br>du <b>Dr</b></p><p>Hello</p>')

    assert page.said == ["Hello"]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("known", [True, False])
def test_the_letter_for_a_lost_password_is_in_the_language_of_the_page(
    client, as_owner, language, known
):
    if known:
        with as_owner():
            cast.User.objects.create(email="nina@exemple.test")
    client.post(
        "/compte/mot-de-passe/oublie/",
        {"email": "nina@exemple.test"},
        headers={"accept-language": language},
    )

    [letter] = mail.outbox
    words = re.sub(r"https?://\S+", "", f"{letter.subject}\n{letter.body}")
    assert ("Bonjour" in words, "Hello" in words) == (language == "fr", language == "en")
    assert LEFT_OVER[language].search(words) is None
    assert ("/mot-de-passe/nouveau/" in letter.body) is known


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Filmez ce carré"), ("en", "at this square")]
)
def test_the_code_application_is_set_up_in_the_language_of_the_reader(
    client, people, as_owner, language, said
):
    with as_owner():
        user = cast.User.objects.get(id=people.doctor[0])
        user.set_password(secret := "trois petits chats gris")
        user.save()
    sign_in(client, *people.doctor)
    heads = {"accept-language": language}
    asked = client.get("/compte/securite/application/", headers=heads)
    page = client.post(asked.url, {"password": secret}, headers=heads, follow=True)

    words = page.content.decode()
    assert said in words
    assert "<svg" in words
    assert [w for w in Reading(words).said if LEFT_OVER[language].search(w)] == []


@pytest.mark.django_db
def test_a_document_is_marked_as_french_on_an_english_page(client, people):
    sign_in(client, *people.patient)
    heads = {"accept-language": "en"}
    with frozen_clock(NOON):
        home = client.get("/", headers=heads, follow=True).content.decode()
        address = re.search(r'href="(/dossiers/[^/]+/documents/[0-9a-f-]{36}/)"', home)[1]
        page = client.get(address, headers=heads).content.decode()

    assert re.search(r'<h1[^>]*lang="fr"[^>]*>Lettre</h1>', page)
    assert re.search(rf'<a href="{address}" lang="fr">Lettre</a>', home)


def test_the_way_to_the_other_language_is_written_in_it(client, db):
    for language, named in (("fr", "English"), ("en", "Français")):
        answer = client.get("/", headers={"accept-language": language}).content.decode()
        [button] = re.findall(r'<button[^>]*name="language"[^>]*>.*?</button>', answer, re.DOTALL)
        assert f'lang="{OTHER[language]}"' in button
        assert named in button


# --- The sentences themselves, in both languages -----------------------------------------------

ENGLISH = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
MOST_WORDS = 25
BADLY_PRINTED = {
    "fr": re.compile(r"(?<=[^\s«])[;!?»]|(?<=[\w)»]):(?=\s|$)|«(?! )|\.\.\.|[’“”\"]|  |\d%"),
    "en": re.compile(r"\s[;:!?](?=\s|$)|[«»]|\.\.\.|’|  "),
}
# Words of forms and offices; ours are simpler.
OF_OFFICES = {
    "fr": r"\b(?:veuillez|invalides?|cliquez|saisissez|courriel|décomptes?|dispensations?"
    r"|liquidation|renseignez|merci de)\b",
    "en": r"\b(?:GP|audit log|access rights|invalid|please|click|dispensing|VSM|DMP)\b",
}


def sentences(language):
    """Each sentence of the screens: in French it is its own name in the catalogue."""
    for message in catalogue(ENGLISH):
        if message.id:
            said = message.id if language == "fr" else message.string
            yield from [said] if isinstance(said, str) else said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sentences_are_printed_by_the_rules_of_their_language(language):
    wrong = [said for said in sentences(language) if BADLY_PRINTED[language].search(said)]
    assert wrong == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sentences_are_short(language):
    long = [
        part
        for said in sentences(language)
        for part in re.split(r"(?<=[.!?:;])\s", said)
        if len(part.split()) > MOST_WORDS
    ]
    assert long == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_sentences_use_no_word_of_offices(language):
    pattern = re.compile(OF_OFFICES[language], re.IGNORECASE)
    assert [said for said in sentences(language) if pattern.search(said)] == []


# --- Our French in the place of Django's and allauth's ----------------------------------------

FRENCH = settings.BASE_DIR / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def catalogue(path):
    with path.open("rb") as file:
        return read_po(file)


def test_french_said_in_the_place_of_a_package_is_the_packages_sentence():
    theirs = set()
    for package in (django, allauth):
        root = settings.BASE_DIR.__class__(package.__file__).parent
        for path in root.glob("**/locale/fr/LC_MESSAGES/django.po"):
            theirs |= {message.id for message in catalogue(path) if message.id}
    ours = {message.id: message.string for message in catalogue(FRENCH) if message.id}

    assert set(ours) - theirs == set()
    assert [said for said in ours.values() if not said] == []


def test_the_french_compiled_is_the_french_written():
    with FRENCH.with_suffix(".mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}

    assert compiled == {message.id: message.string for message in catalogue(FRENCH) if message.id}
