"""Every page, in both languages: axe finds nothing and nothing sticks out at 320 px."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import transaction
from django.utils import timezone

from access import journal
from access.binding import moment_of
from access.models import User
from access.viewer import Role, Viewer
from imports import demo_world
from records.models import Record, ReimbursementLine
from tests.journeys.walking import as_worker, load_stories, walking


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# What went well stays in the browser: to bring it all here takes long.
VIOLATIONS = "options => axe.run(document, options).then(said => said.violations)"
SUBMIT = "main form button[type=submit]:not([name])"
PROBLEM = ".govuk-error-summary, .govuk-error-message, [role=alert]"
THOMAS_BORN = "30/11/1988"
CORSICAN = "2 74 08 2A 041 959 05"
# How far under the title, or its sentence, what is wrong is said; nothing where nothing is.
UNDER_TITLE = """() => {
  const said = document.querySelector('.govuk-error-summary');
  const title = document.querySelector('main .dmp-head') || document.querySelector('main h1');
  if (!said || !title) return 0;
  return said.getBoundingClientRect().top - title.getBoundingClientRect().bottom;
}"""
NEAR = 48
PHONE, NARROW = 390, 320
STICKS_OUT = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Inspector:
    """Looks at pages once each and keeps what is wrong with them."""

    def __init__(self, walk, language):
        self.walk, self.language = walk, language
        self.found: list[str] = []
        self.seen: set[str] = set()

    def look(self, path=None, status=200, state=""):
        """Look at a page; ``state`` tells the same address that says something else."""
        page = self.walk.page
        if path is not None:
            answer = page.goto(path)
            if answer.status != status:
                self.found.append(f"{path}: {answer.status}")
                return
        shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", page.url.split("/", 3)[3]) + state
        if shape in self.seen:
            return
        self.seen.add(shape)
        where = f"{self.language} /{shape}"
        if page.get_attribute("html", "lang") != self.language:
            self.found.append(f"{where}: not in {self.language}")
        # The leaflet is two sheets in one page, a title on each, in two languages.
        titles = 2 if shape == "ouvrir/feuille/" else 1
        if page.locator("h1").count() != titles:
            self.found.append(f"{where}: {page.locator('h1').count()} h1")
        # Each width in turn, the present one first: to change it costs a third of a page.
        asked = {PHONE: self._violations, NARROW: self._sticking_out}
        for width in sorted(asked, key=lambda width: width != page.viewport_size["width"]):
            if page.viewport_size["width"] != width:
                page.set_viewport_size({"width": width, "height": 844})
            self.found += [f"{where}: {wrong}" for wrong in asked[width]()]

    def _violations(self):
        self.walk.page.evaluate(AXE_SCRIPT)
        return [
            f"{violation['id']} {[node['html'][:90] for node in violation['nodes'][:2]]}"
            for violation in self.walk.page.evaluate(VIOLATIONS, OPTIONS)
        ]

    def _sticking_out(self):
        return ["sticks out at 320 px"] if self.walk.page.evaluate(STICKS_OUT) else []

    def follow(self, selector):
        """Press a link or a button that is there, and look at where it leads."""
        target = self.walk.page.locator(selector).first
        if not target.count():
            self.found.append(f"{self.walk.page.url}: nothing like {selector}")
            return
        target.click()
        self.walk.page.wait_for_load_state()
        self.look()

    def wrong(self, selector=SUBMIT):
        """Send a form as it is, and look at what it says is missing."""
        with self.walk.page.expect_response(
            lambda answer: answer.request.method == "POST"
        ) as sent:
            self.walk.page.locator(selector).first.click()
        self.walk.page.wait_for_load_state()
        if sent.value.status not in {200, 422}:
            self.found.append(f"{self.walk.page.url}: nothing was wrong, {sent.value.status}")
        elif not self.walk.page.locator(PROBLEM).count():
            self.found.append(f"{self.walk.page.url}: nobody says what is wrong")
        elif self.walk.page.evaluate(UNDER_TITLE) > NEAR:
            self.found.append(f"{self.walk.page.url}: what is wrong isn't said under the title")
        self.look(state=" (wrong)")


@pytest.fixture
def world(transactional_db, as_owner, settings, tmp_path, worker):
    """The demonstration's world, whole."""
    settings.DMP_DEMO = True
    load_stories(tmp_path / "claims")
    with as_owner():
        list(demo_world.build(dt.date.today()))  # noqa: DTZ011  # the day the stories were made for
    as_worker("fill_waiting")
    with as_owner():
        changed_since("thomas@demo.test")


def changed_since(email):
    """Whoever has this address came a week ago: claims came and one was cancelled since."""
    user = User.objects.get(email=email)
    record = Record.objects.get(holder_id=user.person_id)
    # The viewer who came is the one who comes back: pages tell their own visits from others'.
    who = Viewer(
        user_id=user.id, role=Role.PATIENT, person_id=user.person_id, active=True,
        second_factor="totp", name=record.holder.full_name,
    )  # fmt: skip
    a_week_ago = moment_of(timezone.now() - dt.timedelta(days=7))
    with transaction.atomic():
        journal.write([journal.Act(record.id, journal.Action.LIST_READ, who)], a_week_ago)
    line = ReimbursementLine.objects.filter(record=record).latest("occurred_on")
    ReimbursementLine.objects.filter(id=line.id).update(
        created_at=a_week_ago.at, withdrawn_at=timezone.now(), withdrawn_reason="cancelled"
    )


def strangers(me):
    for path in ("/", "/connexion/demonstration/", "/compte/connexion/", "/activation/"):
        me.look(path)
    me.look("/activation/")
    me.wrong()
    me.look("/compte/connexion/")
    me.wrong()
    me.look("/aide/")
    me.look("/accessibilite/")
    me.look("/compte/mot-de-passe/oublie/")
    me.look("/compte/inscription/")


def connecting_alone(me):
    """Angèle opens her own record: each page, each said wrong once first."""
    me.look("/mon-dossier/ouvrir/")
    me.wrong()
    me.walk.write("input[name=nir]", CORSICAN)
    me.walk.write("input[name=serial]", "8025000000000000007")
    me.follow(SUBMIT)
    code = re.search(r"\d{6}", me.walk.page.inner_text(".dmp-notice")).group()
    me.wrong()
    me.walk.write("input[name=code]", code)
    me.follow(SUBMIT)
    me.wrong()
    me.walk.write("input[name=born_on]", "1974-08-27")
    me.follow(SUBMIT)
    me.wrong()
    me.walk.tick("input[name=consent]")
    me.follow(SUBMIT)
    me.wrong()
    me.walk.write("input[name=email]", "angele@exemple.test")
    me.walk.write("input[name=password]", "trois petits chats gris")
    me.follow(SUBMIT)
    if "/dossiers/" not in me.walk.page.url:
        me.found.append(f"{me.walk.page.url}: the record isn't open")
    me.walk.leave()


def a_representative(me):
    me.walk.be("Nadia")
    me.look("/connexion/role/")
    me.follow("button[name=capacity]:has-text('Lina')")
    record = re.search(r"/dossiers/[0-9a-f-]+/", me.walk.page.url).group(0)
    # The addresses are those of a holder's own record: only what is said differs.
    for part in (
        "",
        "soins/",
        "soins/24-mois/",
        "medicaments/",
        "documents/",
        "profil/",
        "soignants/",
    ):
        me.look(record + part, state=" (child)")
    for part in ("qui-peut-voir/", "qui-a-regarde/", "emporter/", "fermer/"):
        me.look(record + part, state=" (child)")


def inviting(me, record):
    """Thomas invites somebody; Nadia takes it: each page, each said wrong once first."""
    me.look(record + "proches/inviter/")
    me.wrong()
    me.walk.write("input[name=name]", "Nadia")
    me.walk.tick("input[name=channel][value=email]")
    me.walk.write("input[name=email]", "nadia@exemple.test")
    me.walk.tick("input[name=what][value=some]")
    me.walk.tick("input[name=kinds][value=medicines]")
    me.walk.tick("input[name=writing][value=read]")
    me.follow(SUBMIT)
    me.look(state=" (invited)")
    return me.walk.page.inner_text("[data-code]")


def a_delegate(me, record, code):
    """Nadia takes Thomas's invitation; he then changes what she sees."""
    me.walk.be("Nadia")
    me.look("/invitation/")
    me.wrong()
    me.walk.write("input[name=code]", code)
    me.walk.write("input[name=born_on]", THOMAS_BORN)
    me.follow(SUBMIT)
    me.follow("button[name=answer][value=yes]")
    me.look("/connexion/role/", state=" (delegate)")
    me.walk.be("Thomas")
    me.look(record + "proches/", state=" (delegate)")
    me.follow("main a[href*='/proches/']:has-text('Nadia')")


def a_patient(me):
    me.walk.be("Thomas")
    record = re.search(r"/dossiers/[0-9a-f-]+/", me.walk.page.url).group(0)
    me.look()
    for part in (
        "soins/",
        "soins/?news=1",
        "soins/24-mois/",
        "documents/",
        "profil/",
        "soignants/",
        "proches/",
        "qui-peut-voir/",
    ):
        me.look(record + part)
        if "news" in part and not me.walk.page.locator("#annules").count():
            me.found.append("nothing is told to have changed")
    code = inviting(me, record)
    for part in ("qui-a-regarde/", "synthese/", "emporter/", "fermer/", "choix/"):
        me.look(record + part)
    me.look("/compte/securite/")
    me.look("/compte/verification/")
    for part in ("medicaments/", "medicaments/voyage/"):
        me.look(record + part)
    for part in ("documents/deposer/", "profil/ajouter/allergy/", "profil/ajouter/contact/"):
        me.look(record + part)
        me.wrong()
    me.look(f"{record}soignants/?q=Roux")
    me.follow("a[href$='/acces/']")
    me.walk.go(f"{record}soignants/?q=Roux")
    me.follow("a[href$='/medecin-traitant/']")
    me.walk.go(f"{record}soignants/?q=Roux")
    me.follow("a[href$='/bloquer/']")
    me.walk.go(f"{record}profil/")
    me.follow("li[data-element] a")
    me.walk.go(f"{record}soins/")
    me.follow(".dmp-event__what a")
    me.walk.go(f"{record}documents/")
    me.follow("li[data-element] a")
    me.follow("a[href*='/masquer/']")
    for box in me.walk.page.locator("input[name=e]").all():
        box.set_checked(checked=False, force=True)
    me.wrong("button.dmp-button--hide-now")
    me.walk.tick("input[name=e] >> nth=0")
    me.follow("button.dmp-button--hide-now")
    me.look(f"{record}qui-peut-voir/?masques")
    me.walk.go(f"{record}documents/")
    me.follow("li[data-element] a")
    me.follow("main a[href*='/montrer-a/?e=']:not([href*='whom'])")
    me.follow("main a[href*='whom=']")
    me.look(f"{record}regles/ajouter/?next=1")
    me.walk.tick("input[name=what] >> nth=0")
    me.walk.tick("input[name=whom] >> nth=0")
    me.follow("button[name=next]")
    return record, code


def as_somebody(me, record):
    """Thomas looks as Dr Martin, at what is missing on those pages, and leaves."""
    me.look(f"{record}voir-comme/")
    me.walk.press("button[name=who]:has-text('Martin')")
    me.look(state=" (as somebody)")
    me.follow(".dmp-see-as__bar a")
    me.walk.press(".dmp-see-as__bar button")


def a_doctor_in_an_emergency(me, record):
    """Thomas's card is read, his record opened; he looks, closes it, and it is closed."""
    me.walk.be("Benali")
    me.look("/urgence/centre-15/")
    me.wrong()
    me.look("/urgence/")
    me.wrong()
    me.walk.press("button[name=card]:has-text('Nadia')")
    me.look(state=" (a family's card)")
    me.walk.press("button[name=without]")
    me.walk.press("button[name=card]:has-text('Thomas')")
    in_an_emergency(me)
    me.look(state=" (in an emergency)")
    me.look("/mes-patients/", state=" (in an emergency)")
    me.walk.go(record)
    red = me.walk.page.locator(".dmp-strip--danger").count()
    if record not in me.walk.page.url or not red:
        me.found.append(f"{me.walk.page.url}: not opened in an emergency")
    me.walk.go("/urgence/")
    me.walk.write("input[name=nir]", "274082A04195905")
    me.walk.write("input[name=birth_name]", "Personne")
    me.walk.write("input[name=born_on]", "27/08/1974")
    in_an_emergency(me)
    me.look(state=" (refused)")
    me.walk.be("Thomas")
    me.look(record, state=" (to look at)")
    me.look(f"{record}qui-a-regarde/", state=" (to look at)")
    me.walk.press("form[action$='/fermer/'] button")
    me.walk.press("form[action$='/vu/'] button")
    me.look(f"{record}carte-urgence/")
    me.walk.be("Benali")
    me.look(record, status=404)


def in_an_emergency(me):
    me.walk.tick("input[name=reason][value=life]")
    me.walk.write("textarea[name=text]", "Accident de la route, ne répond pas.")
    me.walk.press("main form button.govuk-button--warning")


def a_question(me, record):
    """Dr Martin asks to be shown something; Thomas reads what would answer."""
    me.walk.be("Martin")
    me.look(f"{record}demander/")
    me.wrong()
    me.walk.tick("input[name=wanted] >> nth=4")
    me.walk.tick("input[name=since] >> nth=2")
    me.walk.page.locator(SUBMIT).first.click()
    me.walk.page.wait_for_load_state()
    me.walk.be("Thomas")
    me.walk.go(f"{record}qui-peut-voir/")
    me.follow("main a[href*='/questions/']")
    me.wrong()


def a_gp(me, record):
    me.walk.be("Petit")
    me.look()
    me.look(record)
    for part in ("soins/", "documents/", "profil/", "documents/deposer/"):
        me.look(record + part)
    me.look(f"{record}medicaments/", state=" (doctor)")
    me.look(f"{record}synthese/brouillon/")
    me.wrong("main form button[type=submit]")
    me.walk.tick("#allergies-none")
    if me.walk.page.locator("#despite").count():
        me.walk.tick("#despite")
    me.follow("main form button[type=submit]")
    me.follow("main form button[type=submit]")
    me.look(f"{record}synthese/")
    me.follow("li[data-element] a")
    me.look(f"{record}documents/00000000-0000-7000-8000-000000000000/", status=404)


def a_report(me, record):
    """Thomas doesn't know who came; the fund's desk answers; he reads it and gives access back."""
    me.walk.be("Thomas")
    me.look(f"{record}qui-a-regarde/", state=" (visits)")
    me.follow(".dmp-look a[href$='/inconnu/']")
    me.follow("main form button.govuk-button--warning")
    me.look(f"{record}qui-peut-voir/", state=" (reported)")
    me.walk.be("accueil@")
    me.look("/signalements/")
    me.follow("main a[href*='/signalements/']")
    me.wrong()
    me.walk.tick("input[name=outcome] >> nth=0")
    me.walk.write("textarea[name=text]", "Il remplaçait votre médecin ce jour-là.")
    me.follow(SUBMIT)
    me.walk.be("Thomas")
    me.look(f"{record}qui-a-regarde/", state=" (reported)")
    me.walk.press("main a[href*='/signalements/']")
    me.look(state=" (answered)")


def a_counter(me):
    me.walk.be("Delmas")
    me.look("/ouvrir/")
    me.look("/ouvrir/sans-carte/")
    me.wrong()
    at_the_counter(me)
    me.wrong("main form button[type=submit]:not([name])")
    me.walk.tick("input[name=consent]")
    me.walk.write("input[name=mobile]", "0612345678")
    me.walk.tick("input[name=language][value=fr]")
    me.follow("main form button[type=submit]:not([name])")
    me.look("/ouvrir/feuille/")
    me.walk.go("/ouvrir/fait/")
    me.follow("main a[href='/ouvrir/medecin-traitant/']")
    me.look("/ouvrir/medecin-traitant/?q=Petit", state=" (found)")
    me.follow("main a[href^='/ouvrir/medecin-traitant/']")
    me.walk.press(SUBMIT)
    me.look(state=" (noted)")
    at_the_counter(me)
    if "/deja-ouvert/" not in me.walk.page.url:
        me.found.append(f"{me.walk.page.url}: her record is open already")


def a_patient_is_there(me):
    """Élodie, whose record is open now, then somebody of her card who has none; and a deposit."""
    me.look("/presence/")
    me.look("/presence/sans-carte/")
    me.wrong()
    me.walk.go("/presence/")
    me.follow("button[name=card]:has-text('Tanguy')")
    me.follow("button[name=person]")
    me.follow(SUBMIT)
    me.walk.be("Benali")
    me.walk.go("/presence/")
    me.walk.press("button[name=card]:has-text('Thomas')")
    me.walk.press(SUBMIT)
    me.look(state=" (a doctor)")
    me.follow("a[href='/presence/medecin-traitant/']")
    me.walk.press(SUBMIT)
    me.look(state=" (named)")
    me.walk.be("Thomas")
    record = re.search(r"/dossiers/[0-9a-f-]+/", me.walk.page.url).group(0)
    me.look(state=" (to confirm)")
    me.look(f"{record}soignants/", state=" (to confirm)")
    me.walk.be("Delmas")
    me.walk.go("/presence/")
    me.follow("button[name=card]:has-text('Tanguy')")
    me.walk.page.locator("button[name=person]").last.click()
    me.walk.page.wait_for_load_state()
    me.look(state=" (no record)")
    me.look("/deposer/")
    me.wrong()


def at_the_counter(me):
    """Élodie's card, her identity document read: to the agreement, or to what is open already."""
    me.walk.go("/ouvrir/")
    me.follow("button[name=card]:has-text('Tanguy')")
    me.follow("button[name=person]")
    me.wrong("button[name=traits][value=same]")
    me.walk.tick("input[name=document][value=cni]")
    me.walk.write("input[name=born_on]", "03/04/1988")
    me.follow("button[name=traits][value=same]")


def a_leaver(me):
    me.walk.be("Marcel")
    record = re.search(r"/dossiers/[0-9a-f-]+/", me.walk.page.url).group(0)
    me.walk.go(f"{record}fermer/")
    me.follow("main form button.govuk-button--warning")
    me.follow("a[href$='/effacer/']")
    me.seen.discard("dossiers/*/rouvrir/")  # the same page, once everything is to be destroyed
    me.follow("main form button.govuk-button--warning")
    me.follow("form[action$='/effacer/annuler/'] button")
    me.follow("main form:not([action]) button.govuk-button")


def a_fund(me):
    me.walk.be("chargements@")
    me.look()
    me.follow("main a[href*='/chargements/']")
    me.walk.be("accueil@")
    me.look("/decisions-de-justice/")
    me.wrong()
    me.look("/changement-de-numero/")
    me.wrong()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_on_any_page_in_either_language(world, browser, live_server, language):
    with walking(browser, live_server.url, language) as walk:
        me = Inspector(walk, language)
        strangers(me)
        connecting_alone(me)
        record, code = a_patient(me)
        a_delegate(me, record, code)
        as_somebody(me, record)
        a_doctor_in_an_emergency(me, record)
        a_question(me, record)
        a_representative(me)
        a_gp(me, record)
        a_report(me, record)
        a_leaver(me)
        a_fund(me)
        a_counter(me)
        a_patient_is_there(me)
    assert len(me.seen) > 90, sorted(me.seen)
    assert not me.found, "\n".join(me.found)
